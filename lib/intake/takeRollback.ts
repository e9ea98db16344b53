import type { InvalidSettings } from '../application/problems';
import { TransientError } from '../engine/errors';
import { executionName, rollbackRequestKey } from './names';
import { putOnce, startOnce } from './once';
import type { AskedRollback } from './rollbackEvent';
import type { IntakeRegion } from './intakeRegions';

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
 * Starts the rollback machine in the fleet's region, once.
 * @param regions this one first
 * @param within gives up a call to another region after a while
 * @throws TransientError where a region that may hold the fleet does not answer. The message comes again; if that lasts, the
 *   alarm of its dead-letter queue pages.
 */
export const takeRollback = async (
  asked: AskedRollback,
  regions: readonly [IntakeRegion<RollbackItem>, ...IntakeRegion<RollbackItem>[]],
  within: <Answer>(work: Promise<Answer>) => Promise<Answer>,
): Promise<TakenRollback> => {
  const [own] = regions;
  const invalid: InvalidSettings[] = [];
  const known: string[] = [];
  const silent: string[] = [];
  for (const place of regions) {
    const read = place === own ? await place.read() : await within(place.read()).catch(() => undefined);
    if (read === undefined) silent.push(place.region);
    else {
      if (asked.request.application in read.settings.applications)
        return { execution: await start(asked, place), invalid: [] };
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
  { tools }: IntakeRegion<RollbackItem>,
  more: Pick<RollbackItem, 'refused'> = {},
): Promise<RollbackItem> => {
  return putOnce(tools.requests, {
    key: rollbackRequestKey(application, id),
    receivedAt: tools.clock(),
    application,
    ...more,
  });
};

const start = async (asked: AskedRollback, place: IntakeRegion<RollbackItem>): Promise<string> => {
  const item = await note(asked, place);
  const { application, version } = asked.request;
  const name = executionName(
    application,
    version === undefined ? 'rollback' : `rollback-${version}`,
    item.key,
  );
  return startOnce(place.tools, item, name, { ...asked.request, requestKey: item.key });
};
