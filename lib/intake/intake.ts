import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Settings } from '../application/schema';
import { matchTag } from '../application/matchTag';
import { chunks } from '../aws/chunks';
import type { Table } from '../aws/table';
import { checkVersion, commitOption, commitPattern } from '../application/version';
import { deployCommand, listedRefusal, renameCommand } from './refusedTags';
import { executionName, firstTagKey, tagRequestKey } from './names';
import { putOnce, startOnce } from './once';
import type { PushedTag } from './tagEvent';

/** Item of the requests table, stored for good: once.ts says why. Times are epoch milliseconds. */
export interface RequestItem {
  readonly key: string;
  readonly receivedAt: number;
  /** When the tag arrived at the webhook, or at the queue. */
  readonly arrivedAt?: number;
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
  readonly application?: string;
  readonly execution?: string;
  /** Why nothing was started, in a sentence. */
  readonly refused?: string;
  /** Of a refused one: see refusedTags.ts. */
  readonly refusal?: 'tag';
  /** What to run about it. */
  readonly command?: string;
  readonly pushedBy?: string;
}

export interface IntakeTools<Item extends object = RequestItem> {
  readonly requests: Table<Item>;
  readonly sfn: SFNClient;
  readonly machineArn: string;
  readonly clock: () => number;
  /** Called once before a new execution starts, to warm its functions. */
  readonly getReady?: () => Promise<void>;
}

/**
 * So many applications are started at once by one tag. All of them read the same APIs at the same time, whose rates the
 * whole account shares (EC2 Developer Guide, "Request throttling").
 */
export const portionOfStarts = 10;

/** What became of a tag: the executions that it started, or why it started none. */
export type Taken =
  | {
      readonly started: readonly string[];
      /** Applications that are started later, when the tag comes again. */
      readonly later?: number;
    }
  | {
      readonly refused: string;
      /** The tag is a valid version: it may be for an application whose settings could not be read. */
      readonly unmatched: boolean;
    };

/**
 * Takes one tag: every application that it matches gets its execution, once. Of many, it starts a portion at a time, and
 * the others when the tag comes again.
 */
export const takeTag = async (tag: PushedTag, settings: Settings, tools: IntakeTools): Promise<Taken> => {
  const refused = refusal(tag, settings);
  if (refused !== undefined) {
    const unmatched = checkVersion(tag.tag) === undefined;
    await note(tag, tools, {
      key: tagRequestKey('', tag.repository, tag.tag, tag.commit),
      refused,
      ...listedRefusal(
        unmatched
          ? deployCommand(tag, settings)
          : renameCommand(tag, settings, (name) => matchTag({ ...tag, tag: name }, settings).length > 0),
      ),
    });
    return { refused, unmatched };
  }
  const open = await notYetTaken(tag, matchTag(tag, settings), tools);
  const taken = await Promise.all(
    open.slice(0, portionOfStarts).map((application) => takeFor(tag, application, tools)),
  );
  const started = taken.flatMap((one) => ('started' in one ? one.started : []));
  const [first] = taken.flatMap((one) => ('refused' in one ? one.refused : []));
  const later = Math.max(0, open.length - portionOfStarts);
  return started.length > 0 || later > 0 || first === undefined
    ? { started, ...(later > 0 && { later }) }
    : { refused: first, unmatched: false };
};

/** DynamoDB takes at most 100 keys in one BatchGetItem. */
const maxKeys = 100;

/** Applications whose request an earlier delivery has not settled. Few are not asked for: taking them again does no harm. */
const notYetTaken = async (
  { repository, tag, commit }: PushedTag,
  applications: readonly string[],
  { requests }: IntakeTools,
): Promise<readonly string[]> => {
  if (applications.length <= portionOfStarts) return applications;
  const keyOf = (application: string): string => tagRequestKey(application, repository, tag, commit);
  const found = await Promise.all(
    chunks(applications, maxKeys).map((some) =>
      requests.getAll(some.map((application) => ({ key: keyOf(application) }))),
    ),
  );
  const settled = new Set(
    found
      .flat()
      .flatMap(({ key, execution, refused }) =>
        execution === undefined && refused === undefined ? [] : [key],
      ),
  );
  return applications.filter((application) => !settled.has(keyOf(application)));
};

/**
 * A tag that was moved to another commit is refused, whether its source says so or not: one version must not mean two
 * commits.
 */
const takeFor = async (
  tag: PushedTag,
  application: string,
  tools: IntakeTools,
): Promise<{ started: string } | { refused: string }> => {
  const first = await note(tag, tools, {
    key: firstTagKey(application, tag.repository, tag.tag),
    application,
  });
  if (tag.moved !== true && first.commit === tag.commit)
    return { started: await start(tag, application, tools) };
  const command = `forseti deploy ${application} ${tag.tag}${commitOption(tag.commit)}`;
  const refused =
    `The tag ${tag.tag} of ${tag.repository} was moved to commit ${tag.commit}` +
    `${first.commit === tag.commit ? '' : ` (it was ${first.commit})`}: a version stays what it is. ` +
    `Push a new tag; or, to deploy it all the same, run: ${command}`;
  await note(tag, tools, {
    key: tagRequestKey(application, tag.repository, tag.tag, tag.commit),
    application,
    refused,
    ...listedRefusal(command),
  });
  return { refused };
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

const start = async (tag: PushedTag, application: string, tools: IntakeTools): Promise<string> => {
  const key = tagRequestKey(application, tag.repository, tag.tag, tag.commit);
  const name = executionName(application, tag.tag, key);
  const first = await note(tag, tools, { key, application });
  const { arrivedAt = tag.arrivedAt } = first;
  const input = {
    application,
    version: tag.tag,
    reason: `git tag ${tag.tag} of ${tag.repository}`.slice(0, 256),
    ...(tag.pushedBy !== undefined && { requestedBy: tag.pushedBy.slice(0, 256) }),
    // A source may name anything as the commit: what no request takes is not passed on.
    ...(commitPattern.test(tag.commit) && { commit: tag.commit }),
    pushedAt: tag.pushedAt,
    ...(arrivedAt !== undefined && { arrivedAt }),
    requestKey: key,
  };
  const ready = first.execution === undefined ? tools.getReady?.() : undefined;
  const execution = await startOnce(tools, first, name, input);
  await ready;
  return execution;
};

const note = async (
  tag: PushedTag,
  tools: IntakeTools,
  more: Pick<RequestItem, 'key' | 'application' | 'refused' | 'refusal' | 'command'>,
): Promise<RequestItem> => {
  return putOnce(tools.requests, {
    ...more,
    receivedAt: tools.clock(),
    ...(tag.arrivedAt !== undefined && { arrivedAt: tag.arrivedAt }),
    repository: tag.repository,
    tag: tag.tag,
    commit: tag.commit,
    ...(tag.pushedBy !== undefined && more.refused !== undefined && { pushedBy: tag.pushedBy }),
  });
};
