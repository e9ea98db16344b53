/** Compares each statement of each role with what AWS publishes about its actions. */
import { compileStack } from '../../../cli/local/stack';
import { listOf } from '@forseti/embedded-cloud';
import { type ActionData, actionData, carries, type ResourceType } from '../../privileges/iamData';
import { type Permission, permissionsOf } from '../../privileges/permissions';
import { wildcards } from '../../privileges/wildcards';

let permissions: readonly Permission[] = [];
let data: ReadonlyMap<string, ActionData | undefined>;
beforeAll(async () => {
  ({ permissions } = await permissionsOf(await compileStack(process.cwd())));
  const actions = [...new Set(permissions.map(({ action }) => action))];
  data = new Map(
    await Promise.all(actions.map(async (action) => [action, await actionData(action)] as const)),
  );
}, 60_000);

const knownOf = (action: string): ActionData => {
  const found = data.get(action);
  if (!found) throw new Error(`AWS knows no action ${action}.`);
  return found;
};

/** Each permission on each of its resources. */
const each = () =>
  permissions.flatMap((permission) =>
    listOf(permission.statement.Resource).map((resource) => ({
      role: permission.role,
      action: permission.action,
      resource,
      permission,
    })),
  );

test('Every action is one that AWS knows', () => {
  expect(permissions.length).toBeGreaterThan(300);
  expect([...data].filter(([, found]) => !found).map(([action]) => action)).toEqual([]);
});

test('No role denies, inverts or widens: statements allow named actions on named resources', () => {
  for (const { statement } of permissions) {
    expect(statement.Effect).toBe('Allow');
    expect(statement).not.toHaveProperty('NotAction');
    expect(statement).not.toHaveProperty('NotResource');
    for (const action of listOf(statement.Action)) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z0-9]+$/);
  }
});

/**
 * AWS publishes no resource type for these actions, but checks them on the state machine: aws/aws-cdk pull request
 * 8486 tried it, and refusals name the machine (NOAA-OWP/hydrovis issue 837).
 */
const judgedUnpublished = [
  // Published for classic load balancers only. Today's load balancers have listeners, rules and target groups.
  'elasticloadbalancing:AddTags',
  'states:SendTaskSuccess',
  'states:SendTaskFailure',
];

const typeOf = (action: string, resource: string): ResourceType | undefined =>
  knownOf(action).resourceTypes.find(({ arn }) => arn.test(resource));

test('Every resource is of a type that AWS checks the action on', () => {
  const strange = each().filter(
    ({ action, resource }) =>
      resource !== '*' &&
      !typeOf(action, resource) &&
      !judgedUnpublished.includes(action) &&
      // serverless-iam-roles-per-function writes log groups and their streams as `log-group:NAME:*:*`.
      !action.startsWith('logs:'),
  );
  expect(strange.map(({ role, action, resource }) => `${role} ${action} ${resource}`)).toEqual([]);
});

test('Every condition is on a key that AWS gives with that action on that resource: else it would never hold', () => {
  const strange = each().flatMap(({ role, action, resource, permission: { statement } }) =>
    Object.values(statement.Condition ?? {})
      .flatMap((keys) => Object.keys(keys))
      .filter((key) => !carries(knownOf(action), typeOf(action, resource), key))
      .map((key) => `${role} ${action} ${resource} ${key}`),
  );
  expect(strange).toEqual([]);
});

/** `arn:aws:ec2:eu-west-1:111122223333:instance/*` → `ec2 instance/*`, if it names no single resource of its type. */
const kindOf = (resource: string): string | undefined => {
  if (resource === '*') return '*';
  const [, , service = '', , , ...rest] = resource.split(':');
  const name = rest.join(':');
  return /(^|[/:])\*$/.test(name) && !name.includes('forseti') ? `${service} ${name}` : undefined;
};

test('A wildcard is used only if AWS knows no narrower resource, or with its reason', () => {
  const found = new Set(
    each().flatMap(({ action, resource }) => {
      const kind = kindOf(resource);
      const needless = kind === undefined || (kind === '*' && knownOf(action).onlyOnEverything);
      return needless ? [] : [`${kind} ${action}`];
    }),
  );
  const told = wildcards.flatMap(({ resource, actions }) => actions.map((action) => `${resource} ${action}`));
  expect([...found].sort()).toEqual([...told].sort());
  expect(wildcards.filter(({ reason }) => reason.length < 20)).toEqual([]);
});

/** Actions that change a fleet or its resources, and the tags that each requires. */
const guards: readonly [RegExp, readonly string[]][] = [
  [/^autoscaling:(?!Describe)/, ['aws:ResourceTag/forseti:application']],
  [/^ec2:(Create|Delete)LaunchTemplateVersions?$/, ['aws:ResourceTag/forseti:application']],
  [/^ec2:(DeregisterImage|DeleteSnapshot|TerminateInstances)$/, ['aws:ResourceTag/forseti:deployment']],
  [/^ec2:DeleteTags$/, ['aws:ResourceTag/forseti:deployment', 'aws:ResourceTag/forseti:part']],
  [
    /^ec2:CreateTags$/,
    [
      'aws:ResourceTag/forseti:deployment',
      'aws:ResourceTag/forseti:part',
      'aws:ResourceTag/aws:autoscaling:groupName',
      'ec2:CreateAction',
    ],
  ],
  [
    /^ec2:(CreateImage|CopyImage)$/,
    [
      'aws:RequestTag/forseti:deployment',
      'aws:ResourceTag/forseti:deployment',
      'aws:ResourceTag/aws:autoscaling:groupName',
      'ec2:Owner',
    ],
  ],
  [
    /^ec2:RunInstances$/,
    ['ec2:LaunchTemplate', 'aws:RequestTag/forseti:deployment', 'aws:ResourceTag/forseti:application'],
  ],
  [/^iam:PassRole$/, ['iam:PassedToService']],
];

/**
 * AWS gives none of the guarding keys with these, and no launch goes without an instance and an image, which are guarded.
 */
const besides = /:(spot-instances-request\/|license-configuration:|group\/)\*$/;
const isBesides = ({ action, statement }: Permission): boolean =>
  action === 'ec2:RunInstances' && listOf(statement.Resource).every((resource) => besides.test(resource));

test.each(guards)('The action %s is allowed on a condition only', (actions, keys) => {
  const guarded = permissions.filter((one) => actions.test(one.action) && !isBesides(one));
  expect(guarded.length).toBeGreaterThan(0);
  const open = guarded.filter(({ statement }) => {
    const used = Object.values(statement.Condition ?? {}).flatMap((conditions) => Object.keys(conditions));
    return !keys.some((key) => used.includes(key));
  });
  expect(open.map(({ role, action }) => `${role} ${action}`)).toEqual([]);
});

test('commands reach only instances of a deployment, or those that one is meant for', () => {
  const reaching = each().filter(
    ({ action, resource }) => action === 'ssm:SendCommand' && resource.includes(':instance/'),
  );
  expect(reaching.length).toBeGreaterThan(0);
  for (const { permission } of reaching)
    expect([
      { StringLike: { 'ssm:resourceTag/forseti:deployment': ['*'] } },
      { StringLike: { 'ssm:resourceTag/forseti:part': ['*'] } },
    ]).toContainEqual(permission.statement.Condition);
});
