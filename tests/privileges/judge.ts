import type { PolicyUse } from '@forseti/embedded-cloud';
import type { Held, Permission } from './permissions';

/** A permission that no run uses, or a refusal that runs cause on purpose. */
export interface Exception {
  /** The function's name, or the end of the role's name; `*` if the exception holds for every role. */
  readonly role: string;
  readonly action: string;
  /** A part of the resources, where the role holds the action for others, too. */
  readonly resource?: string;
  readonly reason: string;
}

export interface Problems {
  /** Permissions that no run used, and that have no exception. */
  readonly unused: readonly string[];
  /** Calls that a role of the template did not allow. */
  readonly refused: readonly string[];
  /** Needless exceptions: the permission is used after all, or that role no longer holds it. */
  readonly idle: readonly string[];
}

/** `forseti-production-Accept-REGION-lambdaRole` → `Accept`; other roles by the part of the name that differs. */
export const shortName = (role: string): string =>
  role.replace(/^forseti-production-/, '').replace(/-REGION(?:-lambdaRole)?$/, '');

interface Found {
  readonly role: string;
  readonly action: string;
  /** What the permission or the refusal is about. */
  readonly on: string;
}

const isAbout = (exception: Exception, { role, action, on }: Found): boolean =>
  (exception.role === '*' || exception.role === shortName(role)) &&
  exception.action === action &&
  on.includes(exception.resource ?? '');

const key = (role: string, action: string, subject: string): string => `${role} ${action} ${subject}`;

const resourcesOf = ({ statement }: Permission): string => JSON.stringify(statement.Resource);

/** A role that a test has changed is not the template's, so its refusals are on purpose. */
const isOurs = (held: Held, role: string, statements: readonly string[]): boolean =>
  held.statements.get(role)?.some((reading) => reading.join() === statements.join()) === true;

/** Compares the uses with the permissions. */
export const judgeUses = (
  held: Held,
  uses: readonly PolicyUse[],
  exceptions: { readonly unused: readonly Exception[]; readonly refused: readonly Exception[] },
): Problems => {
  const used = new Set(uses.flatMap((use) => ('by' in use ? [key(use.role, use.action, use.by)] : [])));
  const unused = held.permissions
    .filter(
      ({ role, action, subjects }) => ![...subjects].some((subject) => used.has(key(role, action, subject))),
    )
    .map((one): Found => ({ role: one.role, action: one.action, on: resourcesOf(one) }));
  const refused = uses.flatMap((use): Found[] =>
    'refused' in use && isOurs(held, use.role, use.statements)
      ? [{ role: use.role, action: use.action, on: use.refused }]
      : [],
  );
  const notAmong = (list: readonly Exception[], found: readonly Found[]) =>
    found
      .filter((one) => !list.some((exception) => isAbout(exception, one)))
      .map(({ role, action, on }) => `${shortName(role)} ${action} on ${on}`);
  const idle = (list: readonly Exception[], found: readonly Found[]) =>
    list.filter((exception) => !found.some((one) => isAbout(exception, one)));
  return {
    unused: notAmong(exceptions.unused, unused),
    refused: notAmong(exceptions.refused, refused),
    idle: [...idle(exceptions.unused, unused), ...idle(exceptions.refused, refused)].map(
      ({ role, action }) => `${role} ${action}`,
    ),
  };
};
