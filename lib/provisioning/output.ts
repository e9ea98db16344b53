import {
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { FailedInstance } from './judgeCommand';

/**
 * This many instances are described in full, with this many lines each: the message goes into a record and a
 * notification.
 */
const maxInstances = 5;
const maxLines = 30;
const maxLineLength = 300;

/** What looks like a secret, which must not appear in a notification. */
const secretLike =
  /((?:password|passwd|secret|token|api_?key|access_?key)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,]+)/gi;

/** The end of an output: its last lines that are not empty, shortened, with what looks like a secret struck out. */
export const lastLines = (text: string, most = maxLines): string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-Math.max(most, 1))
    .map((line) => line.replace(secretLike, '$1***').slice(0, maxLineLength));

/**
 * One sentence per failed instance. The first few (those where the command ran come first) also show the end of the
 * command's output.
 */
export const describeFailures = async (
  ssm: SSMClient,
  failed: readonly (FailedInstance & { readonly commandId: string })[],
): Promise<string[]> => {
  const ordered = [...failed].sort((a, b) => Number(b.begun) - Number(a.begun));
  const told = await Promise.all(
    ordered.slice(0, maxInstances).map(async ({ id, reason, commandId }) => {
      const lines = await endOfOutput(ssm, commandId, id);
      return [`${id}: ${reason}`, ...lines.map((line) => `    ${line}`)].join('\n');
    }),
  );
  return [...told, ...ordered.slice(maxInstances).map(({ id, reason }) => `${id}: ${reason}`)];
};

/** If the document has several steps, reads the output of the step that failed. */
const endOfOutput = async (ssm: SSMClient, commandId: string, instanceId: string): Promise<string[]> => {
  try {
    const { CommandInvocations: [invocation] = [] } = await ssm.send(
      new ListCommandInvocationsCommand({ CommandId: commandId, InstanceId: instanceId, Details: true }),
    );
    const plugins = invocation?.CommandPlugins ?? [];
    const plugin = plugins.find(({ Status }) => Status !== 'Success') ?? plugins.at(-1);
    if (plugin?.Name === undefined) return [];
    const { StandardErrorContent: errors = '', StandardOutputContent: output = '' } = await ssm.send(
      new GetCommandInvocationCommand({
        CommandId: commandId,
        InstanceId: instanceId,
        PluginName: plugin.Name,
      }),
    );
    const fromErrors = lastLines(errors);
    return [...lastLines(output, maxLines - fromErrors.length), ...fromErrors];
  } catch {
    // A missing output must not hide the failure itself.
    return [];
  }
};
