import { rmSync } from 'node:fs';
import { definedFunctions } from '../../cli/queries/health';
import { ask } from '../../cli/session/ask';
import { templateOfStage } from '../../cli/install/stageOf';
import { readStackFiles } from '../../cli/install/stackFiles';
import { StackDouble } from '../unit/install/support/stackDouble';
import { doubled, packageFolder, typedIn } from './support/installing';
import { startTestStack } from './support/testStack';

jest.setTimeout(120_000);
let root: string;
beforeAll(async () => {
  root = await packageFolder();
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const home = 'eu-west-1';

/** A stack that is deployed already. */
const deployed = (parameters: Record<string, string> = {}): StackDouble => {
  const double = new StackDouble();
  double.status = 'UPDATE_COMPLETE';
  double.template = templateOfStage(readStackFiles(`${root}/dist/stack`).template, {
    stage: 'production',
    region: home,
  });
  double.parameters = { HomeRegion: home, StandbyRegion: '', ...parameters };
  return double;
};

const onStack = async (double = deployed(), answers?: string[]) => {
  const stack = await startTestStack({ group: { instances: 2 } });
  const session = doubled(stack.session, { [home]: double });
  return { stack, double, session, typed: typedIn(root, session, answers) };
};

test('A dry run tells what would be made and what it costs, and changes nothing', async () => {
  const { typed, double } = await onStack();
  const { code, out } = await typed('install', '--dry-run');
  expect(code).toBe(0);
  expect(out).toMatch(/forseti-production in eu-west-1 is updated\./);
  expect(out).toMatch(/\d+ Role, \d+ Function|\d+ Function/);
  expect(out).toMatch(/A month in which nothing is deployed costs \d\.\d\d dollars:/);
  expect(double.changes).toEqual([]);
});

test('An upgrade freezes, deploys, and lifts its freeze; nothing changes without a yes', async () => {
  const { typed, double } = await onStack(deployed({ InstanceRoles: 'web-*' }), ['n', 'y']);
  expect(await typed('upgrade')).toMatchObject({ code: 3 });
  expect(double.changes).toEqual([]);
  const { note } = await typed('upgrade');
  expect(note).toMatch(/All applications: frozen until .*upgrade to 9\.9\.9/);
  expect(note).toMatch(/the freeze by .* is lifted/);
  expect(double.parameters).toMatchObject({ HomeRegion: home, StandbyRegion: '', InstanceRoles: 'web-*' });
});

test('An upgrade waits for what runs, or refuses with a list', async () => {
  const { typed, double, stack, session } = await onStack();
  await stack.start({ application: 'api', version: 'v2' });
  const refused = await typed('upgrade', '--no-wait', '--yes');
  expect(refused.code).toBe(3);
  expect(refused.note).toMatch(/eu-west-1: Deployment \S+ runs\./);
  expect(refused.note).toMatch(/is lifted/);
  expect(double.changes).toEqual([]);
  const waited = await typed('upgrade', '--yes');
  expect(waited.note).toMatch(/Waiting: Deployment /);
  expect(double.changes).toContain('ExecuteChangeSet');
  expect(await ask(session, 'Freeze', { unfreeze: '*', by: 'ada' })).toMatchObject({
    message: expect.stringContaining('not frozen by hand') as string,
  });
});

test('A failed upgrade lifts its own freeze, and leaves that of somebody else', async () => {
  const failing = (): StackDouble => {
    const double = deployed();
    double.failsAt = 1;
    const { Resources } = double.template;
    const { OutputBucket: bucket, ...rest } = Resources ?? {};
    double.template = { ...double.template, Resources: bucket ? rest : {} };
    return double;
  };
  const own = await onStack(failing());
  const ended = await own.typed('upgrade', '--yes');
  expect(ended.code).toBe(1);
  expect(ended.note).toMatch(/Something is wrong/);
  expect(ended.note).toMatch(/is lifted/);
  const theirs = await onStack(failing());
  await ask(theirs.session, 'Freeze', { freeze: '*', reason: 'Christmas', by: 'ada' });
  const again = await theirs.typed('upgrade', '--yes');
  expect(again.note).toMatch(/frozen by ada \(Christmas\): that freeze stays/);
  expect(again.note).not.toMatch(/is lifted/);
});

test('A removal refuses while something runs, is suspended or is on, and lists each with its command', async () => {
  const { typed, double, stack, session } = await onStack();
  await ask(session, 'OpenAccess', {
    application: 'api',
    port: 22,
    cidr: '203.0.113.7/32',
    forSeconds: 3_600,
    by: 'ada',
  });
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(60_000);
  const { code, note } = await typed('uninstall', '--yes');
  expect(code).toBe(3);
  expect(note).toMatch(
    /Deployment \S+ runs\.\n {2}.*forseti halt APPLICATION --reason TEXT --region eu-west-1/,
  );
  expect(note).toMatch(
    /an opening on: api: port 22 for 203\.0\.113\.7\/32\.\n {2}forseti access close api --port 22 --cidr/,
  );
  expect(note).toMatch(/of the group api are suspended\.\n {2}aws autoscaling resume-processes/);
  expect(double.changes).toEqual([]);
});

test('A removal says what stays, and deletes the stack alone', async () => {
  const { typed, double } = await onStack();
  const { code, out } = await typed('uninstall', '--yes');
  expect(code).toBe(0);
  expect(out).toMatch(/table releasestable-1 \(eu-west-1\): aws dynamodb delete-table/);
  expect(double.changes).toEqual(['DeleteStack']);
  expect((await typed('uninstall', '--yes')).code).toBe(2);
});

test('All that stands in the way is told in one list, and nothing is touched', async () => {
  const double = new StackDouble();
  const { typed } = await onStack(double);
  const { code, note } = await typed('install', '--yes', '--standby', home);
  expect(code).toBe(3);
  expect(note).toMatch(/eu-west-1 cannot be its own standby/);
  expect(note).toMatch(/Function forseti-production-Accept exists and belongs to no stack of this name/);
  expect(note).toMatch(
    /Table forseti-production-releases is there from an earlier installation\.\n {2}It is taken over/,
  );
  expect(double.changes).toEqual([]);
});

test('What a stack should have is read from the package as from a checkout', () => {
  const sorted = (folder: string) =>
    [...definedFunctions(folder)].sort((a, b) => a.name.localeCompare(b.name));
  expect(sorted(root)).toEqual(sorted(process.cwd()));
});

test('Doctor looks once Lambda has made the functions', async () => {
  const { typed, stack } = await onStack(deployed({ InstanceRoles: 'web-*' }));
  const { cloud } = stack;
  let pending = 70;
  const faulty = doubled(
    {
      ...stack.session,
      connectIn: (region, Class) => {
        const client = stack.session.connectIn(region, Class) as {
          send: (command: object) => Promise<object>;
        };
        const send = client.send.bind(client);
        client.send = async (command) => {
          const answer = (await send(command)) as { Configuration?: { State?: string } };
          if (command.constructor.name === 'GetFunctionCommand' && answer.Configuration && pending > 0) {
            pending -= 1;
            return { ...answer, Configuration: { ...answer.Configuration, State: 'Pending' } };
          }
          return answer;
        };
        return client as never;
      },
    },
    { [home]: deployed({ InstanceRoles: 'web-*' }) },
  );
  const before = cloud.now();
  const { note, out } = await typedIn(root, faulty)('install', '--instance-roles', 'api-*', '--yes');
  expect(note).toMatch(/deployed/);
  expect(out).not.toMatch(/is Pending/);
  expect(cloud.now() - before).toBeGreaterThan(5_000);
  expect((await typed('install', '--dry-run')).code).toBe(0);
});
