import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Table } from '../aws/table';
import { expiresAt, putOnce } from './once';

/** A message that `forseti region drill` sends through the requests queue. It is written to the table and starts nothing. */
export interface Drill {
  readonly drill: string;
  readonly index: number;
}

const schema = z.object({
  source: z.literal('forseti.drill'),
  detail: z.object({ drill: z.string().min(1).max(100), index: z.number().int().min(0) }),
});

export const drillBody = (detail: Drill): string =>
  JSON.stringify({ source: 'forseti.drill', 'detail-type': 'Drill', detail });

/** Undefined for every other message. */
export const drillOf = (body: string): Drill | undefined => {
  if (!body.includes('forseti.drill')) return undefined;
  return schema.safeParse(JSON.parse(body)).data?.detail;
};

export const drillKey = ({ drill, index }: Drill): string =>
  createHash('sha256')
    .update(JSON.stringify(['drill', drill, index]))
    .digest('hex');

export const noteDrill = async (
  drill: Drill,
  requests: Table<{ key: string }>,
  now: number,
): Promise<void> => {
  const item = {
    key: drillKey(drill),
    receivedAt: now,
    drill: drill.drill,
    index: drill.index,
    expiresAt: expiresAt(now, 7),
  };
  await putOnce(requests, item);
};
