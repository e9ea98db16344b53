import type { SNSClient } from '@aws-sdk/client-sns';
import { reportEnd } from '../reporting/metrics';
import { notify } from '../reporting/notify';
import { causeOf, endOf, failureOf } from './close';
import type { Core } from './core';
import type { DeploymentRecord, Outcome } from './record';

export interface CloseEvent {
  readonly deployment: string;
  readonly execution: string;
  readonly input: unknown;
  /** The machine's state as it is, with what a Catch put into it. */
  readonly state: unknown;
}

/**
 * Closes the record of a deployment that did not go through; one that is closed already answers with its end.
 * The notification comes first: a death in between notifies twice rather than never.
 */
export const closeRecord = async (
  core: Core,
  sns: SNSClient,
  event: CloseEvent,
): Promise<{ outcome: Outcome; cause: string }> => {
  const [record, effects] = await Promise.all([
    core.records.find(event.deployment),
    core.effects.list(event.deployment),
  ]);
  if (record?.end) return { outcome: record.end.outcome, cause: causeOf(record.end) };
  const failure = failureOf(event.state);
  const end = endOf(record, effects, failure);
  const at = core.clock();
  await notify(sns, core.environment, { kind: 'ended', deployment: event.deployment, record, end, at });
  if (record) {
    await core.records.set(event.deployment, { closedAt: at, outcome: end.outcome, end });
    reportEnd(core.environment, record, end, at);
  } else {
    const asked = named(event.input);
    await core.records.refuse({
      deployment: event.deployment,
      item: 'record',
      execution: event.execution,
      ...asked,
      ...(failure && { failure }),
      acceptedAt: at,
      closedAt: at,
      outcome: end.outcome,
      end,
    });
  }
  return { outcome: end.outcome, cause: causeOf(end) };
};

/** As much of a refused input as can be kept under its name. */
const named = (
  input: unknown,
): Partial<Pick<DeploymentRecord, 'application' | 'version' | 'requestedBy'>> => {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  return Object.fromEntries(
    ['application', 'version', 'requestedBy']
      .map((name) => [name, given[name]] as const)
      .filter(([, value]) => typeof value === 'string' && value !== '')
      .map(([name, value]) => [name, (value as string).slice(0, 256)]),
  );
};
