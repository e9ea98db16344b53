/** The function's name in `name`, `name:$LATEST`, `ACCOUNT:function:name` or an ARN with or without qualifier. */
export const nameOf = (nameOrArn: string): string => {
  const [, afterFunction] = /(?:^|:)function:([^:]+)/.exec(nameOrArn) ?? [];
  return afterFunction ?? nameOrArn.split(':')[0] ?? '';
};
