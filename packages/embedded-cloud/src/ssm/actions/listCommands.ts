import type {
  CommandFilter,
  ListCommandInvocationsCommandInput,
  ListCommandInvocationsCommandOutput,
  ListCommandsCommandInput,
  ListCommandsCommandOutput,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { stateOf } from '../agents';
import type { Answer } from '../answer';
import { describeCommand, describeInvocation, hasStatus } from '../commands/describe';
import { paged } from '../paging';
import type { Command } from '../state';

/** AWS: the history of commands is kept for 30 days. */
const keptMs = 30 * 24 * 3_600_000;
const bounds = { least: 1, most: 50, usual: 50 };

/** Newest first, as AWS lists them. */
const history = (region: Region): Command[] =>
  Object.values(stateOf(region).commands)
    .filter(({ requestedAt }) => region.now() - requestedAt <= keptMs)
    .reverse();

const valueOf = (filters: readonly CommandFilter[] | undefined, key: CommandFilter['key']) =>
  filters?.find((filter) => filter.key === key)?.value;

const checkFilters = (filters: readonly CommandFilter[] | undefined, known: readonly string[]) => {
  const wrong = filters?.find(({ key }) => !known.includes(key ?? ''));
  if (wrong) throw new AwsError('InvalidFilterKey', `The filter key ${String(wrong.key)} is not valid.`);
};

const invokedBetween = (command: Command, filters: readonly CommandFilter[] | undefined): boolean => {
  const [after, before] = [valueOf(filters, 'InvokedAfter'), valueOf(filters, 'InvokedBefore')];
  return (
    (after === undefined || command.requestedAt >= Date.parse(after)) &&
    (before === undefined || command.requestedAt < Date.parse(before))
  );
};

const named = (region: Region, commandId: string | undefined): Command[] => {
  const all = history(region).filter(({ id }) => commandId === undefined || id === commandId);
  if (commandId !== undefined && all.length === 0)
    throw new AwsError('InvalidCommandId', `The command id ${commandId} does not exist.`);
  return all;
};

export const listCommands: Action<ListCommandsCommandInput, Answer<ListCommandsCommandOutput>> = {
  requires: () => [{ action: 'ssm:ListCommands', resource: '*' }],
  run: (input, region) => {
    const { Filters: filters, InstanceId: instanceId } = input;
    checkFilters(filters, ['InvokedAfter', 'InvokedBefore', 'Status', 'ExecutionStage', 'DocumentName']);
    const stage = valueOf(filters, 'ExecutionStage');
    const document = valueOf(filters, 'DocumentName');
    const found = named(region, input.CommandId).filter(
      (command) =>
        invokedBetween(command, filters) &&
        hasStatus(command, valueOf(filters, 'Status')) &&
        (document === undefined || command.documentName === document) &&
        (stage === undefined || (stage === 'Executing') === (command.endedAt === undefined)) &&
        (instanceId === undefined || command.invocations.some((one) => one.instanceId === instanceId)),
    );
    const { page, next } = paged(found, input, bounds);
    return {
      Commands: page.map((command) => describeCommand(command)),
      ...next,
    } satisfies Answer<ListCommandsCommandOutput>;
  },
};

export const listCommandInvocations: Action<
  ListCommandInvocationsCommandInput,
  Answer<ListCommandInvocationsCommandOutput>
> = {
  requires: () => [{ action: 'ssm:ListCommandInvocations', resource: '*' }],
  run: (input, region) => {
    const { Filters: filters, InstanceId: instanceId } = input;
    checkFilters(filters, ['InvokedAfter', 'InvokedBefore', 'Status', 'DocumentName']);
    const document = valueOf(filters, 'DocumentName');
    const found = named(region, input.CommandId)
      .filter(
        (command) =>
          invokedBetween(command, filters) && (document === undefined || command.documentName === document),
      )
      .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
      .filter(
        ({ invocation }) =>
          (instanceId === undefined || invocation.instanceId === instanceId) &&
          hasStatus(invocation, valueOf(filters, 'Status')),
      );
    const { page, next } = paged(found, input, bounds);
    return {
      CommandInvocations: page.map(({ command, invocation }) =>
        describeInvocation(region, command, invocation, input.Details ?? false),
      ),
      ...next,
    } satisfies Answer<ListCommandInvocationsCommandOutput>;
  },
};
