/** The machine that replaces an instance, as WatchInstances' environment names it. @throws Error where it does not. */
export const readReplaceMachineArn = (from: Readonly<Record<string, string | undefined>>): string => {
  const arn = from.REPLACE_MACHINE_ARN ?? '';
  if (arn === '')
    throw new Error('The environment lacks REPLACE_MACHINE_ARN: deploy the stack from serverless.yml.');
  return arn;
};
