import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ApplicationSettings } from '../../lib/application/schema';
import { Table } from '../../lib/aws/table';
import { concerns, type RefusalItem, refusedSince } from '../../lib/intake/refusedTags';
import type { RefusedTag } from '../../lib/reporting/refusedTagsMessage';
import type { Session } from '../session/session';
import { checkApplication } from './applications';

const read = (session: Session, since: number): Promise<RefusedTag[]> =>
  refusedSince(new Table<RefusalItem>(session.connect(DynamoDBClient), session.names.requestsTable), since);

/**
 * Tags that led to no deployment since a time (epoch milliseconds), the newest first.
 * @param application only those that may be about it
 * @throws RefusedEarly of an unknown application
 */
export const refusedTagsOf = async (
  session: Session,
  application: string | undefined,
  since: number,
): Promise<RefusedTag[]> => {
  if (application === undefined) return read(session, since);
  const [{ settings }, found] = await Promise.all([
    checkApplication(session, application),
    read(session, since),
  ]);
  return found.filter((tag) => concerns(tag, application, settings));
};

/** Who looks at a fleet wonders about today's tags. */
const shownForMs = 24 * 3_600_000;
const maxShown = 3;

/** The last ones that may be about an application, for its status. */
export const latestRefusedTags = async (
  session: Session,
  application: string,
  settings: Pick<ApplicationSettings, 'tags'>,
): Promise<RefusedTag[]> =>
  (await read(session, session.now() - shownForMs))
    .filter((tag) => concerns(tag, application, settings))
    .slice(0, maxShown);
