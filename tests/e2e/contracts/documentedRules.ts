import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A member of a request whose documentation reads like a rule that the model's shape cannot hold. */
export interface DocumentedRule {
  /** The SDK's package: `ec2` of `@aws-sdk/client-ec2`. */
  readonly client: string;
  /** `Tag.Key`: the model's interface and its member. */
  readonly member: string;
  /** The sentences that read like rules. */
  readonly rule: string;
}

interface Member {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const ruleLike =
  /\b(?:can't|cannot|can’t|must|only|not (?:supported|valid|allowed)|valid (?:values|characters)|maximum|minimum|between|up to|at most|less than|limited to|constraints?|unique)\b/i;

const plainText = (comment: string): string =>
  comment
    .replace(/^\s*\*\s?/gm, ' ')
    .replace(/<[^>]*>|\\(?=[{}])|@public/g, '')
    .replace(/\s+/g, ' ')
    .trim();

const ruleIn = (text: string): string =>
  text
    .split(/(?<=[.!]) /)
    .filter((sentence) => ruleLike.test(sentence))
    .join(' ');

/** Interfaces of a package's models by name. The declarations are machine-made, so their layout is fixed. */
const interfacesOf = (root: string, client: string): ReadonlyMap<string, readonly Member[]> => {
  const types = join(root, 'node_modules', '@aws-sdk', `client-${client}`, 'dist-types');
  const folder = join(types, 'models');
  const files = readdirSync(folder).filter((name) => /^models_\d+\.d\.ts$/.test(name));
  const found = new Map<string, readonly Member[]>();
  for (const file of files) {
    const source = readFileSync(join(folder, file), 'utf8');
    for (const [, name = '', body = ''] of source.matchAll(/^export interface (\w+)[^{]*\{\n([^]*?)^\}/gm))
      found.set(
        name,
        [...body.matchAll(/\/\*\*([^]*?)\*\/\s+(\w+)\??: ([^;]+);/g)].map(
          ([, comment = '', member = '', type = '']) => ({ name: member, type, text: plainText(comment) }),
        ),
      );
  }
  return found;
};

/** The interface that a command takes: `RunInstancesRequest`. */
const inputOf = (root: string, client: string, action: string): string | undefined => {
  const file = join(root, 'node_modules', '@aws-sdk', `client-${client}`, 'dist-types', 'commands');
  const source = readFileSync(join(file, `${action}Command.d.ts`), 'utf8');
  return /CommandInput extends (\w+)/.exec(source)?.[1];
};

/**
 * What the documentation of the requests' members demands, of members whose names the sources contain.
 * @param actions by client: what is called of it.
 */
export const documentedRules = (
  root: string,
  actions: ReadonlyMap<string, readonly string[]>,
  sources: string,
): readonly DocumentedRule[] => {
  const written = new Set(sources.match(/\b[A-Za-z]\w*\b/g));
  const rules: DocumentedRule[] = [];
  for (const [client, called] of actions) {
    const interfaces = interfacesOf(root, client);
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      for (const member of interfaces.get(name) ?? []) {
        if (!written.has(member.name)) continue;
        const rule = ruleIn(member.text);
        if (rule !== '') rules.push({ client, member: `${name}.${member.name}`, rule });
        for (const [type] of member.type.matchAll(/\b[A-Z]\w+\b/g)) visit(type);
      }
    };
    for (const action of called) visit(inputOf(root, client, action) ?? '');
  }
  return rules;
};
