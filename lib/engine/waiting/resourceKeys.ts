/**
 * The keys under which steps wait for AWS resources, and the events that concern them. An event is a hint: a step that
 * it wakes checks the resource itself.
 */
export const imageKey = (imageId: string): string => `image#${imageId}`;
export const commandKey = (commandId: string): string => `command#${commandId}`;
export const refreshKey = (refreshId: string): string => `refresh#${refreshId}`;
/** An Auto Scaling group, for steps that wait until its members have come or gone. */
export const groupKey = (group: string): string => `group#${group}`;
/** A fleet's lock, for steps that wait until it is free. The execution that releases it wakes them. */
export const lockKey = (fleet: string): string => `lock#${fleet}`;

/** The ids of these keys' resources of one kind: of `['refresh#r-1']`, `r-1`. */
export const idsIn = (keys: readonly string[], kind: 'image' | 'command' | 'refresh'): string[] =>
  keys.filter((key) => key.startsWith(`${kind}#`)).map((key) => key.slice(kind.length + 1));

interface Event {
  readonly source?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

type Naming = readonly { readonly key: string; readonly thing: (id: string) => string }[];

/** The first key that the detail has counts, since an event of a refresh names its group, too. */
const namedBy: Readonly<Record<string, Naming>> = {
  'aws.ec2': [{ key: 'ImageId', thing: imageKey }],
  'aws.ssm': [{ key: 'command-id', thing: commandKey }],
  'aws.autoscaling': [
    { key: 'InstanceRefreshId', thing: refreshKey },
    { key: 'AutoScalingGroupName', thing: groupKey },
  ],
};

/** The resource key of an EventBridge event; undefined if no step waits for such resources. */
export const resourceKeyOf = (event: Event): string | undefined => {
  const named = (event.source === undefined ? undefined : namedBy[event.source]) ?? [];
  const found = named.find(({ key }) => typeof event.detail?.[key] === 'string');
  return found?.thing(event.detail?.[found.key] as string);
};
