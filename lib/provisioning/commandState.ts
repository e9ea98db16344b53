import { type Command, ListCommandsCommand, type SSMClient } from '@aws-sdk/client-ssm';

const ended = new Set(['Success', 'Failed', 'Cancelled', 'TimedOut']);

/** Whether a command, or its invocation on an instance, has ended. */
export const isOver = (status: string | undefined): boolean => ended.has(status ?? '');

export interface CommandState {
  readonly over: boolean;
  readonly status: string;
  readonly completed: number;
  readonly targets: number;
}

/** Reads the whole command in one call, whatever the number of instances. A command that is not listed yet is not over. */
export const commandState = async (ssm: SSMClient, commandId: string): Promise<CommandState> => {
  const { Commands: [command] = [] } = await ssm.send(new ListCommandsCommand({ CommandId: commandId }));
  return stateOf(command);
};

const stateOf = (command: Command | undefined): CommandState => ({
  over: isOver(command?.Status),
  status: command?.StatusDetails ?? command?.Status ?? 'Pending',
  completed: command?.CompletedCount ?? 0,
  targets: command?.TargetCount ?? 0,
});
