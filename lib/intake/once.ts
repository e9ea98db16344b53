import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Table } from '../aws/table';

/**
 * The intake's deduplication, and the only one that it has. Each request has a key (names.ts) that is the same whoever sends
 * it and however often it is delivered. The key is an item of the requests table of the fleet's region, and the name of the execution:
 *
 *     putOnce (condition: no such item) ──> startNamed (execution named by the key) ──> execution noted in the item
 *
 * A function that dies in between leaves an item without an execution. The message's next delivery finds it and starts the
 * same name, which Step Functions takes once (StartExecution; it remembers names for 90 days, the item stays for good).
 * Why it is not the middleware of `@forseti/messaging`: docs/decisions/0010-intake-keeps-its-own-deduplication.md.
 */

/** Writes an item of the requests table where there is none of its key. @returns what stands there then. */
export const putOnce = async <Item extends { readonly key: string }>(
  table: Table<Item>,
  item: Item,
): Promise<Item> => {
  const written = await table.put(item, {
    expression: 'attribute_not_exists(#key)',
    names: { '#key': 'key' },
  });
  return written.done ? item : (written.found ?? item);
};

/** Starts an execution under its own name; one that an earlier delivery started is as good. */
export const startNamed = async (
  { sfn, machineArn }: { readonly sfn: SFNClient; readonly machineArn: string },
  name: string,
  input: object,
): Promise<void> => {
  try {
    await sfn.send(
      new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
};

/** A request whose item tells its execution, once there is one. */
interface StartedRequest {
  readonly key: string;
  readonly execution?: string;
}

/** Starts the execution of a request whose item was put, and notes it there. @returns the execution's name */
export const startOnce = async <Item extends StartedRequest>(
  tools: { readonly requests: Table<Item>; readonly sfn: SFNClient; readonly machineArn: string },
  { key, execution }: StartedRequest,
  name: string,
  input: object,
): Promise<string> => {
  if (execution !== undefined) return execution;
  await startNamed(tools, name, input);
  await tools.requests.update(
    { key },
    { expression: 'SET execution = :execution', values: { ':execution': name } },
  );
  return name;
};

/** For items that nobody looks for any more after so long: seconds of the epoch, as DynamoDB's TTL has it. */
export const expiresAt = (now: number, days: number): number => Math.ceil(now / 1000) + days * 24 * 60 * 60;
