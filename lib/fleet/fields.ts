/** One field that differs; `before` absent: added, `after` absent: removed. */
export interface FieldChange {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

/** What tells the items of AWS's lists apart; else their place does. */
const keys = ['Key', 'ResourceType', 'DeviceName', 'Name'];

const keyOf = (item: unknown, index: number): string => {
  const found =
    typeof item === 'object' && item !== null
      ? keys
          .map((key) => (item as Record<string, unknown>)[key])
          .find((value): value is string => typeof value === 'string')
      : undefined;
  return found ?? String(index);
};

/** A tag is its value. */
const isTag = (item: unknown): item is { Key: string; Value?: string } =>
  typeof item === 'object' && item !== null && 'Key' in item;

const leaves = (value: unknown, path: string, into: Map<string, string>): void => {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => {
      const at = `${path}[${keyOf(item, index)}]`;
      leaves(isTag(item) ? (item.Value ?? '') : item, at, into);
    });
    return;
  }
  if (typeof value !== 'object' || value instanceof Date) {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  for (const [key, inner] of Object.entries(value)) leaves(inner, path === '' ? key : `${path}.${key}`, into);
};

const leavesOf = (value: unknown): Map<string, string> => {
  const into = new Map<string, string>();
  leaves(value, '', into);
  return into;
};

/** Field by field, by their paths: `TagSpecifications[instance].Tags[forseti:version]`. */
export const diffFields = (before: unknown, after: unknown): FieldChange[] => {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((field) => {
    const [old, fresh] = [was.get(field), is.get(field)];
    if (old === fresh) return [];
    return [
      {
        field,
        ...(old !== undefined && { before: old }),
        ...(fresh !== undefined && { after: fresh }),
      },
    ];
  });
};

/** Scripts and certificates may be long, and may hold secrets. */
const hidden = /^UserData$/;
const maxValue = 80;

const shown = (field: string, value: string): string =>
  hidden.test(field)
    ? `(${String(value.length)} characters)`
    : value.length > maxValue
      ? `${value.slice(0, maxValue)}…`
      : value;

/** A change as a line of `plan`: `~ InstanceType: m5.large -> t3.large`. */
export const fieldLine = ({ field, before, after }: FieldChange): string => {
  if (before === undefined) return `+ ${field}: ${shown(field, after ?? '')}`;
  if (after === undefined) return `- ${field}: ${shown(field, before)}`;
  return `~ ${field}: ${shown(field, before)} -> ${shown(field, after)}`;
};
