/**
 * The names under which steps wait for AWS's things, and the events that tell of them. An event is a hint: whoever is
 * woken by it looks at the thing itself.
 */
export const imageThing = (imageId: string): string => `image#${imageId}`;
export const commandThing = (commandId: string): string => `command#${commandId}`;
export const refreshThing = (refreshId: string): string => `refresh#${refreshId}`;
/** A fleet's lock, for those that wait until it is free; whoever lets go of it wakes them. */
export const lockThing = (fleet: string): string => `lock#${fleet}`;

interface Event {
  readonly source?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const namedBy: Readonly<Record<string, { key: string; thing: (id: string) => string }>> = {
  'aws.ec2': { key: 'ImageId', thing: imageThing },
  'aws.ssm': { key: 'command-id', thing: commandThing },
  'aws.autoscaling': { key: 'InstanceRefreshId', thing: refreshThing },
};

/** The thing that an event of EventBridge is about; undefined for one that nobody here waits for. */
export const thingOf = (event: Event): string | undefined => {
  const named = event.source === undefined ? undefined : namedBy[event.source];
  const id = named && event.detail?.[named.key];
  return typeof id === 'string' && named ? named.thing(id) : undefined;
};
