import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { tags, tainted } from '../aws/tags';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { describeInstances } from '../fleet/instances';
import { commandEffect, type CommandShape, commentOf, findCommand } from './commandEffect';
import { type Invocation, listInvocations } from './commands';
import { setInstanceTags } from './instanceTags';
import { instanceTagsEffect, touchedIn } from './instanceTagsEffect';
import { mayHaveBegun, reasonOf } from './judgeCommand';

/** Instances on which something of a deployment may have run, each with what became of it: `exit status 2`. */
export type Touched = Readonly<Record<string, string>>;

/**
 * Tags instances as touched by the deployment: whoever sees them knows that they run no version as a whole.
 * @param name as of {@link setInstanceTags}.
 */
export const tagTouched = async (
  context: StepContext,
  ec2: EC2Client,
  name: string,
  ids: readonly string[],
): Promise<void> => {
  const { record } = context;
  const there = (await describeInstances(ec2, ids)).filter(({ state }) => state !== 'terminated');
  await setInstanceTags(context, ec2, name, there, () => ({
    [tags.application]: record.application,
    [tags.deployment]: record.deployment,
    [tags.version]: tainted,
  }));
};

/** The instances that the journal says were tagged as touched. */
export const notedAsTouched = (effects: readonly Effect[]): ReadonlySet<string> =>
  new Set(effects.flatMap((effect) => (instanceTagsEffect.is(effect) ? touchedIn(effect.wrote) : [])));

/**
 * Judged by what ran: the invocations of all commands in the journal, also of one whose id was lost. What was only meant
 * to run somewhere touches nobody. To be asked when the commands have ended.
 */
export const findTouched = async (ssm: SSMClient, effects: readonly Effect[]): Promise<Touched> => {
  const commands = effects.filter((effect) => commandEffect.is(effect));
  const sent = commands.filter(({ state }) => state !== 'void');
  const invocations = (await Promise.all(sent.map((effect) => invocationsOf(ssm, effect)))).flat();
  const listed = new Set(invocations.map(({ id }) => id));
  const unlisted = [...notedAsTouched(effects)].filter((id) => !listed.has(id));
  const begun = invocations.filter(mayHaveBegun);
  // What went wrong comes first: it tells more than what went well.
  const inOrder = [
    ...begun.filter(({ status }) => status !== 'Success'),
    ...begun.filter(({ status }) => status === 'Success'),
  ];
  const fates = new Map<string, string>();
  for (const one of inOrder) if (!fates.has(one.id)) fates.set(one.id, fateOf(one));
  for (const id of unlisted) fates.set(id, 'no longer listed by Systems Manager');
  return Object.fromEntries(fates);
};

const invocationsOf = async (ssm: SSMClient, effect: Effect<CommandShape>): Promise<Invocation[]> => {
  const commandId =
    effect.result?.commandId ??
    (await findCommand(ssm, commentOf(effect.deployment, effect.target), effect.intendedAt));
  return commandId === undefined ? [] : listInvocations(ssm, commandId, { withSteps: true });
};

const fateOf = ({ status, details, exitStatus }: Invocation): string => {
  if (status === 'Success') return 'the command had ended well there';
  return status === 'Failed' && exitStatus !== undefined
    ? `exit status ${String(exitStatus)}`
    : reasonOf({ status, details });
};
