/** What an alarm can be in (CloudWatch). Apart from localAlarm.ts, so that help loads no SDK client. */
export const alarmStates = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof alarmStates)[number];
