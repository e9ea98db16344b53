const known = new Map<string, RegExp>();

const compile = (pattern: string, ignoreCase: boolean): RegExp => {
  const escaped = pattern.replace(/[.+^$()|[\]\\{}]/g, '\\$&');
  const source = escaped.replace(/\*+/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
};

/** IAM's wildcards: `*` is any run of characters, `?` exactly one. */
export const matchesPattern = (pattern: string, value: string, ignoreCase = false): boolean => {
  const key = `${ignoreCase ? 'i' : 'c'}${pattern}`;
  let expression = known.get(key);
  if (!expression) {
    expression = compile(pattern, ignoreCase);
    known.set(key, expression);
  }
  return expression.test(value);
};

/** Partition, service, region, account, and the rest, which may contain colons. */
const partsOf = (arn: string): string[] | undefined => {
  const parts = arn.split(':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** Compares ARNs part by part, so that a wildcard never crosses a colon of the first five parts. */
export const matchesArn = (pattern: string, value: string): boolean => {
  const wanted = partsOf(pattern);
  const found = partsOf(value);
  if (!wanted || !found) return pattern === '*' || pattern === value;
  return wanted.every((part, index) => matchesPattern(part, found[index] ?? ''));
};
