import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StepContext } from '../../engine/context';
import type { Effect } from '../../engine/effect';
import { imageFrom } from '../../engine/imageFrom';
import type { DeploymentRecord } from '../../engine/record';
import { findTouched, notedAsTouched, tagTouched, type Touched } from '../../provisioning/touched';

/** Only a fleet's own instances count; a builder is terminated by its own effect. */
const provisionsFleet = (record: DeploymentRecord): boolean =>
  record.kind === 'deployment' && imageFrom(record) === 'fleet';

/**
 * Finds the instances on which a command of the deployment may have begun, and tags those that the deployment had no time
 * to tag itself.
 */
export const noteTouched = async (
  context: StepContext,
  { ec2, ssm }: { readonly ec2: EC2Client; readonly ssm: SSMClient },
  effects: readonly Effect[],
): Promise<Touched> => {
  if (!provisionsFleet(context.record)) return {};
  const touched = await findTouched(ssm, effects);
  // A halt may have come between an intent and its call.
  const noted = notedAsTouched(effects.filter(({ state }) => state === 'done'));
  const late = Object.keys(touched).filter((id) => !noted.has(id));
  if (late.length > 0) await tagTouched(context, ec2, `tainted late by ${context.state},`, late);
  return touched;
};

/** So many are told by name. */
const maxTold = 10;

export const firstOf = (names: readonly string[]): string =>
  names.length > maxTold
    ? `${names.slice(0, maxTold).join(', ')}, and ${String(names.length - maxTold)} more`
    : names.join(', ');

/** `i-1, i-2 (exit status 2); i-3 (the command had ended well there)` */
const byReason = (instances: readonly (readonly [id: string, why: string])[]): string =>
  [...new Set(instances.map(([, why]) => why))]
    .map((why) => `${firstOf(instances.flatMap(([id, reason]) => (reason === why ? id : [])))} (${why})`)
    .join('; ');

interface Fate {
  /** Ids of those that could not be replaced. */
  readonly left?: ReadonlySet<string>;
  /** How many instances the group lacks: those that were terminated have no successors yet. */
  readonly missing?: number;
  /** The rollback that replaces them. */
  readonly handedTo?: string;
}

/** What the end tells of the instances that had to be replaced, and why. */
export const replacedText = (
  record: DeploymentRecord,
  touched: Touched,
  { left = new Set(), missing = 0, handedTo }: Fate = {},
): string | undefined => {
  if (!provisionsFleet(record)) return undefined;
  const begun = Object.entries(touched);
  const of = `${String(begun.length)} of ${String(record.fleetSize ?? begun.length)} instances had begun ${record.version}`;
  const replaced = begun.filter(([id]) => !left.has(id));
  if (begun.length === 0) return `${of}: none was replaced for it.`;
  if (handedTo !== undefined)
    return `${of}; rollback ${handedTo} replaces ${begun.length === 1 ? 'it' : 'them'}.`;
  const list = byReason(replaced);
  const done = missing > 0 ? 'terminated' : 'replaced';
  const lacks =
    missing > 0
      ? ` The group lacks ${String(missing)} ${missing === 1 ? 'instance' : 'instances'} in their place.`
      : '';
  if (left.size > 0)
    return `${of}; ${replaced.length === 0 ? 'none could be replaced' : `only ${String(replaced.length)} could be ${done}: ${list}`}. Left: ${firstOf([...left])}.${lacks}`;
  return `${of} and ${begun.length === 1 ? 'was' : 'were'} ${done}: ${list}.${lacks}`;
};
