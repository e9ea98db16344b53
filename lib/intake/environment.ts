/** The queue of the alarms, as the environment of WatchAlarms and TakeAlarm names it. @throws Error where it does not. */
export const readAlarmsQueueUrl = (from: Readonly<Record<string, string | undefined>>): string => {
  const url = from.ALARMS_QUEUE_URL ?? '';
  if (url === '')
    throw new Error('The environment lacks ALARMS_QUEUE_URL: deploy the stack from serverless.yml.');
  return url;
};
