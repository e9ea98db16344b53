/** What `forseti apply` tells of a changed group, name or region, and how it hands a group over. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releasesOf as storedReleases } from '../../cli/queries/releaseStatus';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { storeSettings } from '../../lib/application/store';
import { ask, minuteMs, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { commandLineOn, type Typed } from './support/commandLine';
import { rested } from './support/rested';
import { releasesOf } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(120_000);

const settings = {
  strategy: 'golden-instance',
  rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
  scaling: {
    policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
    alarms: { errors: { metric: 'HTTPCode_Target_5XX_Count', threshold: 10, statistic: 'Sum' } },
  },
};
const options: TestStackOptions = {
  group: { instances: 2 },
  settings,
  cloud: { groups: { web: { version: 'v1', instances: 2, max: 20 } } },
};

const folder = mkdtempSync(join(tmpdir(), 'apply-'));
const fileOf = (applications: Readonly<Record<string, object>>): string => {
  const path = join(folder, `${Object.keys(applications).join('-')}.json`);
  const provisioning = { source: { s3: 's3://acme-provisioning/api.tar.gz' } };
  const all = Object.entries(applications).map(([name, more]): [string, object] => [
    name,
    { ...settings, provisioning, ...more },
  ]);
  writeFileSync(path, JSON.stringify({ applications: Object.fromEntries<object>(all) }));
  return path;
};

const tagOf = (stack: TestStack, name: string): string | undefined =>
  stack.region
    .service('autoscaling')
    .state.groups[name]?.tags.find(({ key }) => key === 'forseti:application')?.value;

const toldBy = ({ out, note }: Typed): string => `${out}\n${note}`;

describe('An application that is renamed', () => {
  const renamed = { shop: { group: 'api' } };

  test('Its group passes to the new name with its releases, which a rollback and a clean then find', async () => {
    const stack = await rested(options, 'v2', 'v3');
    const typed = commandLineOn(stack.session);
    const file = fileOf(renamed);
    const applied = await typed('apply', file, '--tag', '--prune');
    expect(applied.code).toBe(exitCodes.done);
    expect(tagOf(stack, 'api')).toBe('shop');
    expect(toldBy(applied)).toMatch(/api had this group before: its 3 releases are shop's now/);
    expect(toldBy(applied)).toContain(
      'aws cloudwatch delete-alarms --alarm-names forseti-production-api-errors',
    );
    expect((await stack.rollBack({ application: 'shop' }, 'back')).outcome).toBe('RolledBack');
    expect(software(stack)).toEqual(['v2']);
    for (const version of ['v4', 'v5'])
      expect((await stack.deploy({ application: 'shop', version }, `to-${version}`)).outcome).toBe(
        'Deployed',
      );
    await stack.cloud.advance(2 * minuteMs);
    expect(await ask(stack, 'Clean', { application: 'shop', keep: 1 })).toMatchObject({ done: true });
    const left = (await storedReleases(stack.session, 'shop')).filter(
      ({ cleanedAt }) => cleanedAt === undefined,
    );
    expect(left.map(({ version }) => version)).toEqual(['v5', 'v4', 'v1']);
    const images = Object.values(stack.region.service('ec2').state.images);
    expect(
      images.flatMap(({ tags }) =>
        tags['forseti:deployment'] === undefined ? [] : (tags['forseti:version'] ?? []),
      ),
    ).toEqual(['v4', 'v5']);
    expect(refusedByIam(stack)).toEqual([]);
  });

  test('As long as the old name has settings, nothing is taken, the exit code says so, and the way is told', async () => {
    const stack = await rested(options, 'v2');
    const typed = commandLineOn(stack.session);
    const file = fileOf(renamed);
    const refused = await typed('apply', file, '--tag');
    expect(refused.code).toBe(exitCodes.rejected);
    expect(tagOf(stack, 'api')).toBe('api');
    expect(toldBy(refused)).toContain(`forseti apply ${file} --tag --prune`);
    expect(toldBy(refused)).not.toContain('sets the tags that are missing');
    expect((await typed('apply', file, '--prune')).code).toBe(exitCodes.done);
    // The old name is gone by now: what this stage released there shows that the group was its.
    expect((await typed('apply', file, '--tag')).code).toBe(exitCodes.done);
    expect(tagOf(stack, 'api')).toBe('shop');
  });

  test('A group of whose owner this stage knows nothing is another stage’s, and is not taken', async () => {
    const stack = await startTestStack(options);
    const tags = stack.group().tags;
    tags.splice(0, tags.length, { key: 'forseti:application', value: 'staging', propagate: false });
    const refused = await commandLineOn(stack.session)(
      'apply',
      fileOf({ api: { group: 'api' } }),
      '--tag',
      '--prune',
    );
    expect(refused.code).toBe(exitCodes.rejected);
    expect(tagOf(stack, 'api')).toBe('staging');
  });
});

test('Settings with templates of Ansible and texts of any kind reach Parameter Store, and a second time nothing changes', async () => {
  const stack = await startTestStack(options);
  const typed = commandLineOn(stack.session);
  const extraVars = { home: '/srv/{{ app_name }}', all: '{{{{', odd: '\u0001 \uffff {% if x %} {# c #} 🚀' };
  const provisioning = { source: { s3: 's3://acme-provisioning/api.tar.gz' }, extraVars };
  const file = fileOf({ api: { group: 'api', provisioning } });
  const [first, second] = [await typed('apply', file), await typed('apply', file)];
  expect([first.code, second.code]).toEqual([exitCodes.done, exitCodes.done]);
  expect(toldBy(second)).toContain('unchanged');
  const { parameters } = stack.region.service('ssm').state;
  const stored = parameters['/forseti/production/applications/api']?.versions.at(-1)?.value ?? '';
  expect(stored).not.toContain('{{');
  expect(JSON.parse(stored)).toMatchObject({ provisioning: { extraVars } });
  expect((await stack.deploy({ application: 'api', version: 'v2' }, 'templates')).outcome).toBe('Deployed');
  const command = Object.values(stack.region.service('ssm').state.commands).find(
    ({ parameters: given }) => given.ExtraVariables !== undefined,
  );
  expect(JSON.parse(command?.parameters.ExtraVariables?.[0] ?? '')).toMatchObject(extraVars);
});

test('A changed group is told with what stays on the old one; the commands remove it, and then nothing is told', async () => {
  const stack = await rested(options, 'v2');
  const typed = commandLineOn(stack.session);
  const file = fileOf({ api: { group: 'web' } });
  const applied = await typed('apply', file, '--tag');
  expect(applied.code).toBe(exitCodes.done);
  const told = toldBy(applied);
  expect(told).toContain('Group api carries the tag forseti:application=api.');
  expect(told).toContain('Group api has 1 scaling policy of Forseti: forseti-cpu.');
  expect(told).toContain('Group api is watched by 1 alarm: forseti-production-api-errors.');
  const [v2] = await releasesOf(stack);
  expect(told).toContain('2 releases (v2, v1) belong to group api: no rollback of group web goes there.');
  expect(told).toContain(`forseti deploy api v2 --image ${v2?.image ?? ''}`);
  const json = JSON.parse((await typed('apply', file, '--format', 'json')).out) as object[];
  expect(json).toMatchObject([{ application: 'api', leaves: [{ group: 'api', region: 'eu-west-1' }] }]);
  const { autoscaling } = {
    autoscaling: stack.region.service('autoscaling').state,
  };
  const group = autoscaling.groups.api;
  if (group) group.tags = [];
  for (const [key, policy] of Object.entries(autoscaling.policies))
    if (JSON.stringify(policy).includes('forseti-cpu')) Reflect.deleteProperty(autoscaling.policies, key);
  expect(toldBy(await typed('apply', file))).not.toContain('leaves');
});

test('An application that is removed tells what it leaves, with the commands', async () => {
  const stack = await rested({ ...options, applications: { web: settings } }, 'v2');
  const typed = commandLineOn(stack.session);
  const told = toldBy(await typed('apply', fileOf({ web: { group: 'web' } }), '--prune'));
  expect(told).toMatch(/What api leaves on group api:/);
  expect(told).toContain(
    'aws autoscaling delete-tags --tags ResourceId=api,ResourceType=auto-scaling-group,Key=forseti:application --region eu-west-1',
  );
  expect(told).toContain(
    'aws autoscaling delete-policy --auto-scaling-group-name api --policy-name forseti-cpu --region eu-west-1',
  );
  expect(told).toContain(
    'aws cloudwatch delete-alarms --alarm-names forseti-production-api-errors --region eu-west-1',
  );
  expect(told).toContain('2 releases (v2, v1) of group api are known no more; the images stay.');
});

test('An application that is new here and has settings in the other region is told with the command that ends them', async () => {
  const stack = await startTestStack({
    ...options,
    cloud: { regions: ['eu-west-1', 'eu-central-1'], ...options.cloud },
  });
  await storeSettings(
    stack.session.connectIn('eu-central-1', SSMClient),
    stack.session.names.settingsPrefix,
    {
      applications: {
        web: { group: 'web', provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } } },
      },
    },
  );
  const told = toldBy(
    await commandLineOn(stack.session)('apply', fileOf({ api: { group: 'api' }, web: { group: 'web' } })),
  );
  expect(told).toContain('What web leaves in eu-central-1:');
  expect(told).toContain(
    'aws ssm delete-parameter --name /forseti/production/applications/web --region eu-central-1',
  );
});
