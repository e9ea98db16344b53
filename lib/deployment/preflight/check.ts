import type { ApplicationSettings } from '../../application/schema';
import { type ImageFrom, imageFrom } from '../../engine/imageFrom';
import type { DeploymentRecord } from '../../engine/record';
import type { PreflightFacts } from './facts';

/** One check: what was found, and what is wrong with it, if anything. */
export interface Check {
  readonly name: string;
  readonly found: string;
  readonly problem?: string;
}

export interface CheckSubject {
  readonly record: Pick<
    DeploymentRecord,
    | 'application'
    | 'version'
    | 'group'
    | 'strategy'
    | 'rollout'
    | 'image'
    | 'imageFrom'
    | 'despiteFreeze'
    | 'despiteAlarms'
  >;
  readonly settings: ApplicationSettings;
  readonly facts: PreflightFacts;
  /** The deployment has waited in Settle already: what still moves counts as it is now. */
  readonly waited?: boolean;
}

export type CheckFunction = (subject: CheckSubject) => readonly Check[];

/** At most that many names, and how many more there are. */
export const names = (list: readonly string[], most = 10): string =>
  list.length <= most
    ? list.join(', ')
    : `${list.slice(0, most).join(', ')} and ${String(list.length - most)} more`;

/** A check with one finding. */
export const one = (name: string, found: string, problem?: string | false): readonly Check[] => [
  { name, found, ...(typeof problem === 'string' && { problem }) },
];

/** Where the image comes from. */
export const from = ({ record }: CheckSubject): ImageFrom => imageFrom(record);

/** Whether an instance in service is taken out, and becomes the image. */
export const takesOut = (subject: CheckSubject): boolean => ['fleet', 'running'].includes(from(subject));

/** Whether it moves, and is waited for before it counts. */
export const awaits = ({ facts, waited }: CheckSubject, id: string): boolean =>
  waited !== true && facts.moving.some((moving) => moving.id === id);

/** For commands of the AWS CLI: the reader's default region may be another than the group's. */
export const regionOption = ({ arn }: Pick<PreflightFacts['group'], 'arn'>): string => {
  const region = arn.split(':')[3] ?? '';
  return region === '' ? '' : ` --region ${region}`;
};

/** ISO 8601, to the second. */
export const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
