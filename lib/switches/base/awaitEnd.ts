import { createHash } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { nameOf } from '../../aws/failure';
import type { SwitchDefinition } from './definition';
import type { SwitchItem } from './item';
import type { CommonTools } from './tools';

type EndTools<Kind extends string, Made> = Pick<CommonTools, 'sfn' | 'switchOffMachineArn'> & {
  readonly definition: Pick<SwitchDefinition<Kind, Made>, 'reserveAt'>;
};

/** Step Functions takes 80 characters: letters, digits, - and _. */
const executionName = (
  { application, kind, switch: name, at, until }: SwitchItem,
  reserveAt: number | undefined,
  more: string,
): string => {
  const earlier = reserveAt === undefined ? '' : ` ${String(reserveAt)}`;
  const hash = createHash('sha256')
    .update(`${name} ${String(at)} ${String(until)} ${more}${earlier}`)
    .digest('hex');
  return `${application}-${kind}-${hash.slice(0, 16)}`;
};

/**
 * Starts the machine that waits for the end and removes what was made. Started twice it is one execution.
 * @param more makes a further execution for the same end; that one only removes.
 */
export const awaitEnd = async <Kind extends string, Made>(
  { sfn, switchOffMachineArn, definition }: EndTools<Kind, Made>,
  item: SwitchItem<Kind, Made>,
  more = '',
): Promise<void> => {
  if (item.until === undefined) return;
  const reserveAt = more === '' ? definition.reserveAt?.(item.made) : undefined;
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: switchOffMachineArn,
        name: executionName(item, reserveAt, more),
        input: JSON.stringify({
          application: item.application,
          switch: item.switch,
          kind: item.kind,
          until: new Date(item.until).toISOString(),
          ...(reserveAt !== undefined && { reserveAt: new Date(reserveAt).toISOString() }),
        }),
      }),
    );
  } catch (error) {
    // It has ended already.
    if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
  }
};
