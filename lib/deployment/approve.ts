import * as z from 'zod';
import type { Core } from '../engine/core';
import { type Answer, parsed, word } from '../engine/input';

export const approveSchema = z.strictObject({
  deployment: word(80),
  by: word(256),
});

export interface ApproveTools {
  readonly core: Core;
  /** Makes the parked steps of a deployment poll at once. */
  readonly wake: (deployment: string) => Promise<void>;
}

/**
 * The states that wait for an approval, the later one first, and the attribute of the record that holds the approval.
 */
const asking = [
  { state: 'Approval', word: 'approval' },
  { state: 'Queue', word: 'startApproval' },
] as const;

/**
 * Approves the rest of a rollout, or the start of a request that is held back after a rollback. The
 * first approval of a rollout stands.
 * @throws InvalidRequest
 */
export const approve = async (input: unknown, { core, wake }: ApproveTools): Promise<Answer> => {
  const { deployment, by } = parsed(approveSchema, input, 'an approval');
  const record = await core.records.find(deployment);
  if (!record) return { done: false, message: `There is no deployment ${deployment}.` };
  if (record.closedAt !== undefined)
    return {
      done: false,
      deployment,
      message: `${deployment} has ended as ${record.outcome ?? 'closed'} already.`,
    };
  const steps = await Promise.all(
    asking.map(async ({ state, word }) => ({ word, step: await core.records.step(deployment, state) })),
  );
  const waiting = steps.find(({ step }) => step !== undefined && step.endedAt === undefined);
  // An approval of the start does not approve the rollout. One that was given before a rollback is no longer valid
  // after it.
  const said =
    waiting?.word === 'startApproval'
      ? undefined
      : (record.approval ?? (waiting ? undefined : record.startApproval));
  if (said) return { done: true, deployment, message: `${deployment} was approved by ${said.by} already.` };
  if (!waiting)
    return { done: false, deployment, message: `${deployment} does not wait for an approval now.` };
  await core.records.set(deployment, { [waiting.word]: { by, at: core.clock() } });
  await wake(deployment);
  return { done: true, deployment, message: `${deployment} is approved and goes on.` };
};
