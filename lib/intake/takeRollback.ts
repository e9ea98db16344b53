import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { InvalidSettings } from '../application/problems';
import { TransientError } from '../engine/errors';
import { executionName, rollbackRequestKey } from './names';
import { noteOnce } from './noteOnce';
import type { AskedRollback } from './rollbackEvent';
import type { Side } from './sides';

/** Item of the requests table: a rollback that was asked for, and what became of it. */
export interface RollbackItem {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly application: string;
  readonly execution?: string;
  readonly refused?: string;
}

export interface TakenRollback {
  /** The execution, or why there is none. */
  readonly execution?: string;
  readonly refused?: string;
  readonly invalid: readonly InvalidSettings[];
}

/**
 * Starts the rollback machine beside the fleet, once.
 * @throws TransientError where a region could not be asked that may hold the fleet: the message comes again, and pages from the
 *   dead-letter queue if that lasts.
 */
export const takeRollback = async (
  asked: AskedRollback,
  sides: readonly [Side<RollbackItem>, ...Side<RollbackItem>[]],
  within: <Answer>(work: Promise<Answer>) => Promise<Answer>,
): Promise<TakenRollback> => {
  const [own] = sides;
  const invalid: InvalidSettings[] = [];
  const known: string[] = [];
  const silent: string[] = [];
  for (const side of sides) {
    const read = side === own ? await side.read() : await within(side.read()).catch(() => undefined);
    if (read === undefined) silent.push(side.region);
    else {
      if (asked.request.application in read.settings.applications)
        return { execution: await start(asked, side), invalid: [] };
      invalid.push(...read.invalid);
      known.push(...Object.keys(read.settings.applications));
    }
  }
  const { application } = asked.request;
  if (silent.length > 0)
    throw new TransientError(
      `The application ${application} is not in ${own.region}, and ${silent.join(', ')} does not answer.`,
    );
  const refused = `There is no application ${application}; known are ${known.sort().join(', ') || 'none'}.`;
  if (invalid.length === 0) await note(asked, own, { refused });
  return { refused, invalid };
};

const note = async (
  { id, request: { application } }: AskedRollback,
  { tools }: Side<RollbackItem>,
  more: Pick<RollbackItem, 'refused'> = {},
): Promise<RollbackItem> => {
  return noteOnce(tools.requests, {
    key: rollbackRequestKey(application, id),
    receivedAt: tools.clock(),
    application,
    ...more,
  });
};

/** The item first, then the execution: a death in between is made good by the message's next delivery. */
const start = async (asked: AskedRollback, side: Side<RollbackItem>): Promise<string> => {
  const { tools } = side;
  const item = await note(asked, side);
  if (item.execution !== undefined) return item.execution;
  const { application, version } = asked.request;
  const name = executionName(
    application,
    version === undefined ? 'rollback' : `rollback-${version}`,
    item.key,
  );
  const input = { ...asked.request, requestKey: item.key };
  try {
    await tools.sfn.send(
      new StartExecutionCommand({ stateMachineArn: tools.machineArn, name, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  await tools.requests.update(
    { key: item.key },
    { expression: 'SET execution = :execution', values: { ':execution': name } },
  );
  return name;
};
