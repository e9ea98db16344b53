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
  const noted = notedAsTouched(effects);
  const fresh = Object.keys(touched).filter((id) => !noted.has(id));
  if (fresh.length > 0) await tagTouched(context, ec2, 'tainted late', fresh);
  return touched;
};

/** So many are told by name. */
const maxTold = 10;

/** What the end tells of the instances that had to be replaced, and why. */
export const replacedText = (
  record: DeploymentRecord,
  touched: Touched,
): Pick<DeploymentRecord, 'replaced'> => {
  if (!provisionsFleet(record)) return {};
  const all = Object.entries(touched);
  const of = `${String(all.length)} of ${String(record.fleetSize ?? all.length)} instances had begun ${record.version}`;
  if (all.length === 0) return { replaced: `${of}: none was replaced for it.` };
  const named = all.slice(0, maxTold).map(([id, why]) => `${id} (${why})`);
  const more = all.length > maxTold ? `, and ${String(all.length - maxTold)} more` : '';
  return {
    replaced: `${of} and ${all.length === 1 ? 'was' : 'were'} replaced: ${named.join(', ')}${more}.`,
  };
};
