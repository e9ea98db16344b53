import type { ApplicationSettings } from '../application/schema';
import { imageFrom } from '../engine/imageFrom';
import { type PathOf, transitionsOf } from '../engine/path';
import type { DeploymentRecord } from '../engine/record';
import type { Prices } from './prices';

export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  /** Dollars a unit. */
  readonly each: number;
  readonly dollars: number;
}

export interface Cost {
  readonly dollars: number;
  readonly lines: readonly CostLine[];
}

export interface CostSubject {
  readonly record: PathOf & Pick<DeploymentRecord, 'rollout'>;
  readonly settings: ApplicationSettings;
  /** How many instances run at once beyond those that serve now. */
  readonly extraInstances: number;
  readonly vcpusPerInstance: number;
  readonly stateSeconds: Readonly<Record<string, number>>;
  /** What the image's volumes hold at most. */
  readonly imageGib: number;
}

/**
 * Measured on the embedded cloud over all strategies: a state is about eight requests with its looks, its events and its
 * cold starts beside it, of 512 MB.
 */
const requestsPerTransition = 8;
const gbSecondsPerTransition = 0.6;

/** The states during which a builder runs, and those during which a rollout has more instances than before. */
const builderStates = ['LaunchBuilder', 'Provision', 'BakeImage', 'TerminateBuilder'];
const rolloutStates = ['Rollout', 'RolloutRest'];

const secondsIn = (states: readonly string[], seconds: CostSubject['stateSeconds']): number =>
  states.reduce((sum, state) => sum + (seconds[state] ?? 0), 0);

const extraHours = ({ record, extraInstances, stateSeconds }: CostSubject): number => {
  const builder = imageFrom(record) === 'builder' ? secondsIn(builderStates, stateSeconds) : 0;
  const rollout = record.rollout === 'none' ? 0 : extraInstances * secondsIn(rolloutStates, stateSeconds);
  return (builder + rollout + secondsIn(['VerifyImage'], stateSeconds)) / 3_600;
};

const cents = (dollars: number): number => Math.round(dollars * 10_000) / 10_000;

/**
 * About what a deployment costs beyond what runs anyway. The image is counted for a month: it stays until it is cleaned up,
 * and holds less than its volumes do.
 */
export const estimateCost = (subject: CostSubject, prices: Prices): Cost => {
  const { record, settings, vcpusPerInstance, imageGib } = subject;
  const transitions = transitionsOf(record);
  const images = imageFrom(record) === 'image' ? 0 : 1 + settings.image.copyTo.length;
  const lines = (
    [
      ['extra instances', extraHours(subject) * vcpusPerInstance, 'vCPU-hour', prices.vcpuHour],
      ['image storage for a month, at most', images * imageGib, 'GB-month', prices.imageGbMonth],
      ['state transitions', transitions, 'transition', prices.stateTransition],
      ['Lambda requests', transitions * requestsPerTransition, 'request', prices.lambdaRequest],
      ['Lambda duration', transitions * gbSecondsPerTransition, 'GB-second', prices.lambdaGbSecond],
    ] as const
  )
    .filter(([, quantity]) => quantity > 0)
    .map(([what, quantity, unit, each]) => ({
      what,
      quantity: Math.round(quantity * 100) / 100,
      unit,
      each,
      dollars: cents(quantity * each),
    }));
  return { dollars: cents(lines.reduce((sum, { dollars }) => sum + dollars, 0)), lines };
};
