import { ListCommandInvocationsCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { documentKind, ownPatterns } from '../application/provisioningDocument';
import type { StepContext } from '../engine/context';

/**
 * What a source is at a time: a commit of Git, or `ETAG VERSION` of an object in S3 (`none` where the bucket keeps no
 * versions). The script of Forseti's own document reports it. A deployment's first instance finds it, and all others are
 * given it, so that they get the same although somebody pushes meanwhile.
 */
const reported = /^forseti-source: (.+)$/m;

/** @param output as Systems Manager keeps it; the report is its first line. */
export const revisionIn = (output: string): string | undefined => {
  const [, revision] = reported.exec(output) ?? [];
  return revision !== undefined && new RegExp(ownPatterns.Revision).test(revision) ? revision : undefined;
};

const readRevision = async (
  ssm: SSMClient,
  commandId: string,
  instance: string,
): Promise<string | undefined> => {
  const { CommandInvocations: [invocation] = [] } = await ssm.send(
    new ListCommandInvocationsCommand({ CommandId: commandId, InstanceId: instance, Details: true }),
  );
  // Of each step, its first 2,500 characters (API reference, CommandPlugin).
  return revisionIn((invocation?.CommandPlugins ?? []).map(({ Output: output }) => output ?? '').join('\n'));
};

/**
 * The revision of the deployment's source: as the record has it, or as the first instance found it, which is then noted.
 * Undefined for other documents, which read their sources as they like; and, with a warning, if nothing was reported.
 */
export const findRevision = async (
  { record, core }: StepContext,
  ssm: SSMClient,
  { commandId, instance }: { readonly commandId: string; readonly instance: string | undefined },
): Promise<string | undefined> => {
  const { document } = record.settings.provisioning;
  if (documentKind(document, core.environment.documents.provision) !== 'own') return undefined;
  if (record.revision !== undefined || instance === undefined) return record.revision;
  const revision = await readRevision(ssm, commandId, instance);
  if (revision === undefined)
    await core.records.warn(
      record.deployment,
      `Instance ${instance} did not report what it fetched (the first line of its output, forseti-source): the source is not pinned, and each instance fetched it by itself.`,
    );
  else await core.records.set(record.deployment, { revision });
  return revision;
};
