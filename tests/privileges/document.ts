/** The tables of docs/security.md, made from the compiled template. */
import { listOf } from '@forseti/embedded-cloud';
import { actionData } from './iamData';
import { shortName } from './judge';
import type { Permission } from './permissions';
import { wildcards } from './wildcards';

/** `arn:aws:sqs:eu-west-1:111122223333:forseti-production-waiting` → `queue waiting` */
const nameOf = (resource: string): string => {
  const [, , service = '', , , ...rest] = resource.split(':');
  const name = rest.join(':');
  if (resource === '*') return 'everything';
  const kinds: Readonly<Record<string, string>> = { sqs: 'queue ', sns: 'topic ', s3: 'bucket ' };
  return (
    `${kinds[service] ?? ''}${name}`
      .replaceAll('forseti-production-', '')
      // CloudFormation's own letters.
      .replace(/^(bucket \w+)-\w{12}$/, '$1')
      .replace(/^autoScalingGroup:.*$/, 'groups')
      .replace(/^([a-z-]+)\/\*$/, '$1s')
      .replace('applications/*', 'applications')
  );
};

const conditionOf = ({ statement }: Permission): string =>
  Object.entries(statement.Condition ?? {})
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => {
        const wanted = listOf(values as string)
          .map((value) => String(value).replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, ''))
          .join(' or ');
        if (operator === 'Null') return `${key} is ${wanted === 'true' ? 'absent' : 'there'}`;
        return wanted === '*' ? `${key} is there` : `${key} is ${wanted}`;
      }),
    )
    .join(', ');

/** `ForsetiDashproductionDashrollbac-5SOYT0NNWH70` is a machine's role: CloudFormation cuts names. */
const machines = ['deploy', 'rollback', 'mend'];
const roleName = (role: string): string => {
  const name = shortName(role);
  const cut = /^ForsetiDashproductionDash([a-z]+)/.exec(name)?.[1];
  const machine = machines.find((one) => cut !== undefined && cut.length > 2 && one.startsWith(cut));
  return machine === undefined ? name : `machine ${machine}`;
};

const maxNames = 6;

const subjectsOf = ({ statement }: Permission): string => {
  const names = [...new Set(listOf(statement.Resource).map(nameOf))]
    .filter((name) => !/^function:.*:\*$/.test(name))
    .sort();
  const left = names.length - maxNames;
  return left > 1 ? `${names.slice(0, maxNames).join(', ')} and ${String(left)} more` : names.join(', ');
};

/** Escapes what Markdown would interpret in a cell. */
const cell = (text: string): string => text.replaceAll('*', '\\*').replaceAll('|', '\\|');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** What each function may change, without reads, and without logs, which all functions write. */
export const changesTable = async (permissions: readonly Permission[]): Promise<string> => {
  const rows = new Map<string, { role: string; subject: string; condition: string; actions: string[] }>();
  for (const permission of permissions) {
    const { role, action } = permission;
    if (action.startsWith('logs:') || (await actionData(action))?.reads === true) continue;
    const subject = subjectsOf(permission);
    const condition = conditionOf(permission);
    const key = JSON.stringify([role, subject, condition]);
    const row = rows.get(key) ?? { role, subject, condition, actions: [] };
    rows.set(key, { ...row, actions: [...row.actions, action] });
  }
  const sorted = [...rows.values()].map(({ role, subject, condition, actions }) => [
    roleName(role),
    actions.sort().join(', '),
    cell(subject),
    cell(condition),
  ]);
  return table(
    ['role', 'may', 'on', 'where'],
    sorted.sort((a, b) => a.join().localeCompare(b.join(), 'en')),
  );
};

export const wildcardsTable = (): string =>
  table(
    ['resource', 'actions', 'why it is no narrower'],
    wildcards.map(({ resource, actions, reason }) => [cell(resource), actions.join(', '), reason]),
  );

/** Puts a table between its two marks. @throws Error if the document has no such marks. */
export const fill = (document: string, name: string, content: string): string => {
  const [start, end] = [`<!-- ${name}: made by npm run privileges -- --write -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/security.md has no place for ${name}.`);
  return `${document.slice(0, from + start.length)}\n\n${content}\n\n${document.slice(to)}`;
};

export const filled = async (document: string, permissions: readonly Permission[]): Promise<string> =>
  fill(fill(document, 'changes', await changesTable(permissions)), 'wildcards', wildcardsTable());
