/** CloudWatch's states of an alarm. They stand apart from setAlarm.ts, so that `--help` loads no SDK client. */
export const alarmStates = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof alarmStates)[number];
