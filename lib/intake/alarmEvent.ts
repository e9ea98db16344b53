import * as z from 'zod';

/** An alarm that rang. */
export interface RungAlarm {
  readonly arn: string;
  readonly name: string;
  /** Epoch milliseconds: when its state changed. */
  readonly changedAt: number;
  readonly reason: string;
}

/** "2019-10-02T17:04:40.989+0000" */
const timestamp = z
  .string()
  .transform((text) => Date.parse(text.replace(/\+0000$/, 'Z')))
  .refine((at) => !Number.isNaN(at), 'expected an instant');

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
        timestamp,
      }),
    }),
  })
  .transform(({ resources, detail }): RungAlarm => ({
    arn: resources[0] ?? '',
    name: detail.alarmName,
    changedAt: detail.state.timestamp,
    reason: detail.state.reason ?? '',
  }));

/** @throws ZodError for any other event: the message goes to the dead-letter queue. */
export const parseAlarmEvent = (body: string): RungAlarm => event.parse(JSON.parse(body));
