import * as z from 'zod';
import type { RungAlarm } from './alarmEvent';
import { messageBody } from '../aws/messageBody';

/** An alarm of an application's settings that is in ALARM now. */
export interface RingingAlarm extends RungAlarm {
  /** The time that it needs to go back to OK: periods and evaluation periods, where it has any. */
  readonly evaluatedSeconds?: number | undefined;
  /** Epoch ms: when it was found in ALARM. */
  readonly seenAt: number;
}

const detailType = 'Alarm Still Ringing';

const message = z.object({
  source: z.literal('forseti'),
  'detail-type': z.literal(detailType),
  detail: z.object({
    arn: z.string().min(1),
    name: z.string().min(1),
    changedAt: z.number(),
    reason: z.string(),
    evaluatedSeconds: z.number().optional(),
    seenAt: z.number(),
  }),
});

/** What WatchAlarms puts on the queue of the alarms. */
export const ringingMessage = (detail: RingingAlarm): string =>
  messageBody({ source: 'forseti', 'detail-type': detailType, detail });

/** @returns undefined for any other message */
export const parseRingingAlarm = (body: string): RingingAlarm | undefined =>
  message.safeParse(JSON.parse(body)).data?.detail;
