/** The stack's regions: home, and a standby where there is one. */
export interface Regions {
  readonly home: string;
  readonly standby?: string;
  /** Where this code runs. */
  readonly here: string;
  /** The other of the two; absent where there is only one. */
  readonly other?: string;
}

/** @param standby empty where the stack has no standby region */
export const regionsOf = (home: string, standby: string, here: string): Regions => {
  if (standby === '' || standby === home) return { home, here };
  const other = here === home ? standby : here === standby ? home : undefined;
  return { home, standby, here, ...(other !== undefined && { other }) };
};

/** Both regions, home first. */
export const allOf = ({ home, standby }: Regions): readonly string[] =>
  standby === undefined ? [home] : [home, standby];

/**
 * The same resource's name in another region. `name` is an ARN, whose fourth part is the region, or a queue's URL, whose host
 * has the region as one label.
 */
export const inRegion = (name: string, from: string, to: string): string => {
  const moved = (parts: readonly string[], by: string) =>
    parts.map((part) => (part === from ? to : part)).join(by);
  if (name.startsWith('arn:')) {
    const parts = name.split(':');
    return [...parts.slice(0, 3), moved(parts.slice(3, 4), ':'), ...parts.slice(4)].join(':');
  }
  const url = new URL(name);
  url.hostname = moved(url.hostname.split('.'), '.');
  return url.href;
};
