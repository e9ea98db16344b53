import * as z from 'zod';
import { parseRollbackRequest, type RollbackRequest } from '../rollback/request';

/** A rollback that somebody, or a tool of theirs, asked for by an event on the bus. */
export interface AskedRollback {
  /** The same id is the same request: the sender's own, or else the event's. */
  readonly id: string;
  readonly request: RollbackRequest;
}

const envelope = z.object({
  source: z.literal('forseti.ci'),
  'detail-type': z.literal('Rollback Requested'),
  id: z.string().min(1),
  detail: z.looseObject({}),
});

/**
 * @returns undefined for any other event
 * @throws InvalidRequest where the request is invalid: the message goes to the dead-letter queue
 */
export const parseRollbackEvent = (body: string): AskedRollback | undefined => {
  const event = envelope.safeParse(JSON.parse(body));
  if (!event.success) return undefined;
  const { id, detail } = event.data;
  const request = parseRollbackRequest(detail);
  return { id: request.requestKey ?? id, request };
};
