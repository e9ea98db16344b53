import { installInRegions } from '../../cli/local/stack';
import {
  Cloud,
  type Compiled,
  contentOf,
  listOf,
  regionless,
  type Statement,
  statementsOf,
  subjectOf,
} from '@forseti/embedded-cloud';

/** One action that one statement of one role allows. */
export interface Permission {
  /** Without its region. */
  readonly role: string;
  readonly action: string;
  readonly statement: Statement;
  /** The statement's subject, in the form for stacks of one region and of two. */
  readonly subjects: ReadonlySet<string>;
}

export interface Held {
  readonly permissions: readonly Permission[];
  /** By role: the contents of its statements, in the form for stacks of one region and of two. */
  readonly statements: ReadonlyMap<string, readonly (readonly string[])[]>;
}

const rolesIn = async (compiled: Compiled, regions: readonly string[]) => {
  const cloud = Cloud.make({ regions, startAt: 0 });
  await installInRegions(cloud, compiled);
  return Object.values(cloud.roles).map(({ name, policies }) => ({
    name: regionless(name),
    statements: statementsOf(policies),
  }));
};

/** What the roles of the compiled template may do. */
export const permissionsOf = async (compiled: Compiled): Promise<Held> => {
  const one = await rolesIn(compiled, ['eu-west-1']);
  const all = [...one, ...(await rolesIn(compiled, ['eu-west-1', 'eu-central-1']))];
  const statements = new Map(all.map(({ name }) => [name, all.filter((same) => same.name === name)]));
  const permissions = one.flatMap(({ name: role, statements: held }) =>
    held.flatMap((statement, index) => {
      const readings = (statements.get(role) ?? []).flatMap((same) => same.statements[index] ?? []);
      const subjects = new Set(readings.map(subjectOf));
      return listOf(statement.Action).map((action) => ({ role, action, statement, subjects }));
    }),
  );
  return {
    permissions,
    statements: new Map(
      [...statements].map(([role, same]) => [role, same.map((reading) => reading.statements.map(contentOf))]),
    ),
  };
};
