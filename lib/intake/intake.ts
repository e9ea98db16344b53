import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Settings } from '../application/schema';
import { matchTag } from '../application/matchTag';
import type { Table } from '../aws/table';
import { checkVersion } from '../application/version';
import { executionName, tagRequestKey } from './names';
import type { PushedTag } from './tagEvent';

/** Item of the requests table: stored for good, so that what arrives twice is done once. Times are epoch ms. */
export interface RequestItem {
  readonly key: string;
  readonly receivedAt: number;
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
  readonly application?: string;
  readonly execution?: string;
  /** Why nothing was started, in a sentence. */
  readonly refused?: string;
}

export interface IntakeTools {
  readonly requests: Table<RequestItem>;
  readonly sfn: SFNClient;
  readonly machineArn: string;
  readonly clock: () => number;
}

/** What became of a tag: the executions that it started, or why it started none. */
export type Taken = { readonly started: readonly string[] } | { readonly refused: string };

/** Takes one tag: every application that it matches gets its execution, once. */
export const takeTag = async (tag: PushedTag, settings: Settings, tools: IntakeTools): Promise<Taken> => {
  const refused = refusal(tag, settings);
  if (refused !== undefined) {
    await note(tag, tools, { key: tagRequestKey('', tag.repository, tag.tag, tag.commit), refused });
    return { refused };
  }
  const applications = matchTag(tag, settings);
  const started = await Promise.all(applications.map((application) => start(tag, application, tools)));
  return { started };
};

const refusal = (tag: PushedTag, settings: Settings): string | undefined => {
  const malformed = checkVersion(tag.tag);
  if (malformed !== undefined) return `The tag is no version that can be deployed: ${malformed}.`;
  if (matchTag(tag, settings).length > 0) return undefined;
  const known = Object.entries(settings.applications)
    .map(
      ([name, { tags }]) =>
        `${name} (${tags.pattern}${tags.repository === undefined ? '' : ` of ${tags.repository}`})`,
    )
    .join(', ');
  return `The tag ${tag.tag} of ${tag.repository} matches no application; known are ${known === '' ? 'none' : known}.`;
};

/**
 * The item is written first, the execution started then: a death in between is made good by the message's next delivery,
 * since the same name with the same input is the same execution.
 */
const start = async (tag: PushedTag, application: string, tools: IntakeTools): Promise<string> => {
  const key = tagRequestKey(application, tag.repository, tag.tag, tag.commit);
  const name = executionName(application, tag.tag, key);
  const first = await note(tag, tools, { key, application });
  if (first.execution !== undefined) return first.execution;
  const input = {
    application,
    version: tag.tag,
    reason: `git tag ${tag.tag} of ${tag.repository}`.slice(0, 256),
    ...(tag.pushedBy !== undefined && { requestedBy: tag.pushedBy.slice(0, 256) }),
    pushedAt: tag.pushedAt,
    requestKey: key,
  };
  try {
    await tools.sfn.send(
      new StartExecutionCommand({ stateMachineArn: tools.machineArn, name, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  await tools.requests.update(
    { key },
    { expression: 'SET execution = :execution', values: { ':execution': name } },
  );
  return name;
};

const note = async (
  tag: PushedTag,
  tools: IntakeTools,
  more: Pick<RequestItem, 'key' | 'application' | 'refused'>,
): Promise<RequestItem> => {
  const item: RequestItem = {
    ...more,
    receivedAt: tools.clock(),
    repository: tag.repository,
    tag: tag.tag,
    commit: tag.commit,
  };
  const written = await tools.requests.put(item, {
    expression: 'attribute_not_exists(#key)',
    names: { '#key': 'key' },
  });
  return written.done ? item : (written.found ?? item);
};
