import * as z from 'zod';
import { type KeptRequest, keptSource } from '../deployment/keptRequest';

const message = z.object({
  source: z.literal(keptSource),
  detail: z.object({
    after: z.string(),
    input: z.looseObject({ application: z.string(), version: z.string(), requestKey: z.string() }),
  }),
});

/** The request that Close put back on the queue. Undefined for every other message. */
export const keptRequestOf = (body: string): KeptRequest | undefined => {
  if (!body.includes(keptSource)) return undefined;
  return message.safeParse(JSON.parse(body)).data?.detail;
};
