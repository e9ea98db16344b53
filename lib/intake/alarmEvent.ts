import * as z from 'zod';

/** An alarm that rang. */
export interface RungAlarm {
  readonly arn: string;
  readonly name: string;
  /** Epoch milliseconds: when its state changed. */
  readonly changedAt: number;
  readonly reason: string;
}

/** CloudWatch User Guide, "Alarm events and EventBridge". */
const event = z
  .object({
    source: z.literal('aws.cloudwatch'),
    'detail-type': z.literal('CloudWatch Alarm State Change'),
    resources: z.array(z.string()).min(1),
    detail: z.object({
      alarmName: z.string().min(1),
      state: z.object({
        value: z.literal('ALARM'),
        reason: z.string().optional(),
        // "2019-10-02T17:04:40.989+0000"
        timestamp: z.string(),
      }),
    }),
  })
  .transform(({ resources, detail }): RungAlarm => ({
    arn: resources[0] ?? '',
    name: detail.alarmName,
    changedAt: Date.parse(detail.state.timestamp.replace(/\+0000$/, 'Z')),
    reason: detail.state.reason ?? '',
  }));

/** @throws ZodError for anything else: the message is poison, and belongs to the dead-letter queue. */
export const parseAlarmEvent = (body: string): RungAlarm => event.parse(JSON.parse(body));
