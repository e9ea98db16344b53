/**
 * The names under which steps wait for AWS's things, and the events that tell of them. An event is a hint: whoever is
 * woken by it looks at the thing itself.
 */
export const imageKey = (imageId: string): string => `image#${imageId}`;
export const commandKey = (commandId: string): string => `command#${commandId}`;
export const refreshKey = (refreshId: string): string => `refresh#${refreshId}`;
/** An Auto Scaling group, for those that wait until its members have come or gone. */
export const groupKey = (group: string): string => `group#${group}`;
/** A fleet's lock, for those that wait until it is free; whoever lets go of it wakes them. */
export const lockKey = (fleet: string): string => `lock#${fleet}`;

interface Event {
  readonly source?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

type Naming = readonly { readonly key: string; readonly thing: (id: string) => string }[];

/** By the first of the keys that the detail has: an event of a refresh names its group, too. */
const namedBy: Readonly<Record<string, Naming>> = {
  'aws.ec2': [{ key: 'ImageId', thing: imageKey }],
  'aws.ssm': [{ key: 'command-id', thing: commandKey }],
  'aws.autoscaling': [
    { key: 'InstanceRefreshId', thing: refreshKey },
    { key: 'AutoScalingGroupName', thing: groupKey },
  ],
};

/** The thing that an event of EventBridge is about; undefined for one that nobody here waits for. */
export const resourceKeyOf = (event: Event): string | undefined => {
  const named = (event.source === undefined ? undefined : namedBy[event.source]) ?? [];
  const found = named.find(({ key }) => typeof event.detail?.[key] === 'string');
  return found?.thing(event.detail?.[found.key] as string);
};
