import type { CloudFormationTemplate, Json } from './compiled';

/** What intrinsic functions need from their template. */
export interface Scope {
  readonly template: CloudFormationTemplate;
  /** Exports of other stacks, by name. */
  readonly imports: Readonly<Record<string, string>>;
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): string;
}

type Arguments = readonly Json[];

const list = (value: unknown, what: string): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`${what} needs a list`);
  return value;
};

const text = (value: unknown, what: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${what} needs a string, not ${JSON.stringify(value)}`);
};

const getAttribute = (value: Json, scope: Scope): string => {
  const whole = Array.isArray(value)
    ? value.map((part) => text(part, 'Fn::GetAtt')).join('.')
    : text(value, 'Fn::GetAtt');
  const dot = whole.indexOf('.');
  return scope.attribute(whole.slice(0, dot), whole.slice(dot + 1));
};

const substitute = (value: Json, scope: Scope): string => {
  const [template, variables] = (Array.isArray(value) ? value : [value, {}]) as [
    string,
    Record<string, Json>,
  ];
  return template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const own = variables[name];
    if (own !== undefined) return text(resolveValue(own, scope), 'Fn::Sub');
    return text(name.includes('.') ? getAttribute(name, scope) : scope.ref(name), 'Fn::Sub');
  });
};

const findInMap = (value: Json, scope: Scope): unknown => {
  const [map, first, second] = (value as Arguments).map((key) =>
    text(resolveValue(key, scope), 'Fn::FindInMap'),
  );
  const found = scope.template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
  if (found === undefined) throw new Error(`no mapping ${map}.${first}.${second}`);
  return found;
};

const select = (value: Json, scope: Scope): unknown => {
  const [index, from] = value as [Json, Json];
  const chosen = list(resolveValue(from, scope), 'Fn::Select')[Number(resolveValue(index, scope))];
  if (chosen === undefined) throw new Error('Fn::Select outside of its list');
  return chosen;
};

const functions: Readonly<Record<string, (value: Json, scope: Scope) => unknown>> = {
  Ref: (value, scope) => scope.ref(text(value, 'Ref')),
  'Fn::GetAtt': getAttribute,
  'Fn::Sub': substitute,
  'Fn::Join': (value, scope) => {
    const [separator, parts] = value as [string, Json];
    return list(resolveValue(parts, scope), 'Fn::Join')
      .map((part) => text(part, 'Fn::Join'))
      .join(separator);
  },
  'Fn::Split': (value, scope) => {
    const [separator, whole] = value as [string, Json];
    return text(resolveValue(whole, scope), 'Fn::Split').split(separator);
  },
  'Fn::Select': select,
  'Fn::FindInMap': findInMap,
  'Fn::If': (value, scope) => {
    const [name, yes, no] = value as [string, Json, Json];
    return resolveValue(conditionHolds(name, scope) ? yes : no, scope);
  },
  'Fn::ImportValue': (value, scope) => {
    const name = text(resolveValue(value, scope), 'Fn::ImportValue');
    const found = scope.imports[name];
    if (found === undefined) throw new Error(`no export ${name}`);
    return found;
  },
  'Fn::Base64': (value, scope) =>
    Buffer.from(text(resolveValue(value, scope), 'Fn::Base64')).toString('base64'),
};

const tests: Readonly<Record<string, (value: Json, scope: Scope) => boolean>> = {
  'Fn::Equals': (value, scope) => {
    // CloudFormation knows no numbers here: a parameter's 0 and a literal 0 are the same text.
    const [left, right] = (value as Arguments).map((side) => {
      const found = resolveValue(side, scope);
      return JSON.stringify(typeof found === 'number' || typeof found === 'boolean' ? String(found) : found);
    });
    return left === right;
  },
  'Fn::Not': (value, scope) => !(value as Arguments).every((one) => testHolds(one, scope)),
  'Fn::And': (value, scope) => (value as Arguments).every((one) => testHolds(one, scope)),
  'Fn::Or': (value, scope) => (value as Arguments).some((one) => testHolds(one, scope)),
  Condition: (value, scope) => conditionHolds(text(value, 'Condition'), scope),
};

const testHolds = (value: Json, scope: Scope): boolean => {
  const [name, inner] = Object.entries(value as Record<string, Json>)[0] ?? ['', null];
  const test = tests[name];
  if (!test) throw new Error(`unknown condition function ${name}`);
  return test(inner, scope);
};

/** Whether the template's condition with that name holds. */
export const conditionHolds = (name: string, scope: Scope): boolean => {
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) throw new Error(`no condition ${name}`);
  return testHolds(condition, scope);
};

/**
 * Evaluates the intrinsic functions in a value. `AWS::NoValue` is left out.
 *
 * @throws Error if a function is unknown
 */
export const resolveValue = (value: Json, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    return (value as Arguments).map((one) => resolveValue(one, scope)).filter((one) => one !== undefined);
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Record<string, Json>);
  const [name, inner] = entries[0] ?? ['', null];
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const known = functions[name];
    if (!known) throw new Error(`unknown function ${name}`);
    return known(inner, scope);
  }
  return Object.fromEntries(
    entries
      .map(([key, one]): [string, unknown] => [key, resolveValue(one, scope)])
      .filter(([, one]) => one !== undefined),
  );
};
