import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AwsError } from '@forseti/embedded-cloud';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { parseSettings } from '../../lib/application/parse';
import { readSettings } from '../../lib/application/store';
import { refusedByIam } from './support/calls';
import { commandLineOn, savedStack, type Typed } from './support/commandLine';
import { startTestStack } from './support/testStack';

const groups = { api: { version: 'v1', instances: 2 }, shop: { version: 'v7', instances: 3, max: 9 } };
const start = savedStack(() => startTestStack({ cloud: { groups } }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-init-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const source = ['--source', 's3://acme-provisioning/shop.tar.gz'];

const setUp = async () => {
  const { stack, typed } = await start();
  const inFolder = ['--file', join(folder, 'forseti.yml')];
  const run = (...words: string[]) => typed('init', ...words, ...inFolder);
  /** A terminal with a person who answers each question. */
  const answering =
    (answer: string) =>
    (...words: string[]) =>
      commandLineOn(stack.session, answer)('init', ...words, ...inFolder);
  const members = (group: string) =>
    Object.keys(stack.region.service('autoscaling').state.groups[group]?.instances ?? {}).sort();
  const stored = () =>
    readSettings(stack.session.connect(SSMClient), stack.session.names.settingsPrefix, 'shop');
  const executions = () => Object.keys(stack.region.service('states').state.executions).length;
  const file = (text?: string) => {
    if (text !== undefined) writeFileSync(join(folder, 'forseti.yml'), text);
    return readFileSync(join(folder, 'forseti.yml'), 'utf8');
  };
  const [id = ''] = members('shop');
  return { stack, run, answering, members, stored, executions, file, id };
};

/** Expects a command to end with an error of this message. */
const refused = async (run: Promise<Typed>, told: string | RegExp): Promise<void> => {
  const { code, note } = await run;
  expect(code).not.toBe(exitCodes.done);
  expect(note).toMatch(told);
};

test('Init takes over a fleet as it runs: settings, tags, and a first release from one of its instances', async () => {
  const { stack, run, members, stored, file, id } = await setUp();
  const before = members('shop');
  const commands = Object.keys(stack.region.service('ssm').state.commands).length;
  const { code, out, note } = await run('shop', id, ...source, '--yes');
  expect([code, out.split('\n')[1]]).toEqual([exitCodes.done, 'Deployed  shop v7 is on the fleet.']);
  expect(note).toContain(`take ${id} out of service, make an image of it, with a reboot, and put it back`);
  expect(parseSettings(file(), 'forseti.yml').applications.shop).toMatchObject({
    group: 'shop',
    provisioning: { source: { s3: 's3://acme-provisioning/shop.tar.gz' } },
  });
  expect((await stored()).settings.group).toBe('shop');
  // The image is from that instance only. Nothing was provisioned, and no instance was replaced.
  const [image] = Object.values(stack.region.service('ec2').state.images).filter(
    ({ tags }) => tags['forseti:application'] === 'shop' && tags['forseti:version'] === 'v7',
  );
  expect(image?.sourceInstanceId).toBe(id);
  expect(members('shop')).toEqual(before);
  const sent = Object.values(stack.region.service('ssm').state.commands).slice(commands);
  expect(sent.filter(({ documentName }) => documentName.endsWith('-provision'))).toEqual([]);
  expect(refusedByIam(stack)).toEqual([]);
  // Afterwards it is deployed to as any other application, with a release to go back to.
  expect((await stack.deploy({ application: 'shop', version: 'v8' })).outcome).toBe('Deployed');
});

test('A second init finds the release and does nothing', async () => {
  const { run, executions, file, id } = await setUp();
  await run('shop', id, ...source, '--yes');
  const [text, before] = [file(), executions()];
  const { code, out } = await run('shop', id, ...source, '--yes');
  expect(code).toBe(exitCodes.done);
  expect(out).toContain('shop has a good release already: v7');
  expect([file(), executions()]).toEqual([text, before]);
});

test('A first run that failed is continued by the next, which takes the options from the file', async () => {
  const { stack, run, id, members } = await setUp();
  const group = stack.region.service('autoscaling').state.groups.shop;
  if (group) group.suspended.Launch = 'somebody';
  const first = await run('shop', id, ...source, '--yes');
  expect(first.code).toBe(exitCodes.rejected);
  expect(first.out).toContain('Launch');
  if (group) delete group.suspended.Launch;
  expect((await run('shop', id, '--yes')).code).toBe(exitCodes.done);
  expect(members('shop')).toHaveLength(3);
});

test('Existing entries of the settings file stay as they are; without a reboot, the settings say so', async () => {
  const { run, file, id } = await setUp();
  const text =
    '# Ours.\napplications:\n  other: # of the shop next door\n    group: other\n    provisioning:\n      source: { s3: s3://acme/other.tar.gz }\n';
  file(text);
  const { note } = await run(
    'shop',
    id,
    ...source,
    '--playbook',
    'shop.yml',
    '--no-reboot',
    '--yes',
    '--no-wait',
  );
  expect(note).toContain('without a reboot');
  expect(file().startsWith(text)).toBe(true);
  const { applications } = parseSettings(file(), 'forseti.yml');
  expect(applications.shop).toMatchObject({
    image: { reboot: false },
    provisioning: { playbook: 'shop.yml' },
  });
});

test('Without a terminal no question is asked; the answer no changes nothing', async () => {
  const { stack, run, answering, executions, stored, id } = await setUp();
  const before = executions();
  expect(await run('shop', id, ...source)).toMatchObject({
    code: exitCodes.usage,
    note: expect.stringContaining('give --yes') as string,
  });
  const { note } = await answering('n')('shop', id, ...source);
  expect(note.split('\n').at(-1)).toBe('Nothing was done.');
  await expect(stored()).rejects.toThrow('no application "shop"');
  expect(() => readFileSync(join(folder, 'forseti.yml'))).toThrow('ENOENT');
  expect(executions()).toBe(before);
  expect(stack.region.service('autoscaling').state.groups.shop?.tags).not.toHaveProperty(
    'forseti:application',
  );
});

test.each([
  ['an unknown instance', 'shop', 'i-0123456789abcdef0', source, 'is not known in eu-west-1'],
  ['no word of where the playbook is', 'shop', undefined, [], 'Give --source'],
  [
    'a version that it does not run',
    'shop',
    undefined,
    [...source, '--release', 'v9'],
    'is tagged to run v7',
  ],
  ['a source that is none', 'shop', undefined, ['--source', 'ftp://acme'], 'provisioning.source'],
])('Init refuses before anything is touched: %s', async (_, application, instance, more, told) => {
  const { run, executions, stored, id } = await setUp();
  const before = executions();
  await refused(run(application, instance ?? id, ...more, '--yes'), told);
  await expect(stored()).rejects.toThrow('no application "shop"');
  expect(() => readFileSync(join(folder, 'forseti.yml'))).toThrow('ENOENT');
  expect(executions()).toBe(before);
});

test('A group that belongs to another application is refused', async () => {
  const { run, members } = await setUp();
  const [other = ''] = members('api');
  await refused(run('shop', other, ...source, '--yes'), 'belongs to application api');
});

test('A settings file that contradicts the options is not changed; the command is refused', async () => {
  const { run, file, id } = await setUp();
  const text =
    'applications:\n  shop:\n    group: another\n    provisioning: { source: { s3: s3://acme/shop.tar.gz } }\n';
  file(text);
  await refused(run('shop', id, '--yes'), 'gives shop the group another, the instance is in shop');
  file(text.replace('another', 'shop'));
  await refused(
    run('shop', id, ...source, '--no-reboot', '--yes'),
    '--source, --no-reboot would change nothing',
  );
});

const alone = async () => {
  const stood = await setUp();
  const ec2 = stood.stack.region.service('ec2');
  const [subnets, [member]] = [Object.values(ec2.state.subnets), Object.values(ec2.state.instances)];
  const { id: instance } = ec2.addRunningInstance({
    imageId: member?.imageId ?? '',
    instanceType: 'm5.large',
    subnetId: subnets[0]?.id ?? '',
    securityGroupIds: member?.securityGroupIds ?? [],
    software: 'v3',
    tags: { team: 'tickets' },
  });
  const two = subnets.filter(({ zone }, index) => subnets.findIndex((one) => one.zone === zone) === index);
  const list = two
    .slice(0, 2)
    .map(({ id }) => id)
    .join(',');
  return { ...stood, instance, list, ec2, one: subnets[0]?.id ?? '' };
};
const ofBar = ['--source', 's3://acme-provisioning/bar.tar.gz', '--release', 'v3', '--yes'];

test('An instance in no group gets an image, a launch template, a group and a release, and stays as it is', async () => {
  const { stack, run, instance, list, ec2, members, file } = await alone();
  const { code, out, note } = await run('bar', instance, ...ofBar, '--subnets', list, '--min', '3');
  expect([code, out.split('\n')[1]]).toEqual([exitCodes.done, 'Deployed  bar v3 is on the fleet.']);
  expect(note).toContain('WITH A REBOOT');
  expect(note).toContain(`aws ec2 terminate-instances --instance-ids ${instance}`);
  expect(parseSettings(file(), 'forseti.yml').applications.bar?.group).toBe('bar');
  await stack.cloud.advance(10 * 60_000);
  const running = members('bar').map((id) => stack.instance(id));
  expect(running.map(({ software, tags }) => [software, tags['forseti:version'], tags.team])).toEqual(
    Array.from({ length: 3 }, () => ['v3', 'v3', 'tickets']),
  );
  expect(new Set(running.map(({ zone }) => zone)).size).toBe(2);
  expect(ec2.state.instances[instance]?.state).toBe('running');
  expect(refusedByIam(stack)).toEqual([]);
  // From then on it is like any other application: a second init finds the release and makes nothing.
  const again = await run('bar', instance, ...ofBar, '--subnets', list);
  expect(again.out).toContain('bar has a good release already: v3');
  expect(members('bar')).toHaveLength(3);
  expect((await stack.deploy({ application: 'bar', version: 'v4' })).outcome).toBe('Deployed');
});

test('A run that was broken off is continued by the next, and nothing is made twice', async () => {
  const { stack, run, instance, list, ec2, members } = await alone();
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateAutoScalingGroup' ? { before: new AwsError('LimitExceeded', 'no') } : undefined,
  };
  await refused(run('bar', instance, ...ofBar, '--subnets', list), 'no');
  stack.cloud.faults = {};
  expect((await run('bar', instance, ...ofBar.slice(2), '--subnets', list)).code).toBe(exitCodes.done);
  const images = Object.values(ec2.state.images).filter(({ tags }) => tags['forseti:application'] === 'bar');
  expect(images).toHaveLength(1);
  await stack.cloud.advance(10 * 60_000);
  expect(members('bar')).toHaveLength(2);
});

test('If options are missing or wrong, an instance in no group is refused with all choices before anything is touched', async () => {
  const { run, instance, list, one, ec2 } = await alone();
  const before = Object.keys(ec2.state.images).length;
  await refused(run('bar', instance, ...ofBar), /two zones or more.*--subnets, of: subnet-/);
  await refused(run('bar', instance, ...ofBar, '--subnets', one), 'two zones or more');
  await refused(run('bar', instance, ...ofBar, '--subnets', `${one},subnet-1`), 'subnet-1 is not in');
  await refused(run('bar', instance, ...ofBar, '--subnets', list, '--max', '1'), 'less than --min');
  await refused(run('bar', instance, ...ofBar, '--subnets', list, '--no-wait'), '--no-wait');
  await refused(
    run('shop', instance, ...ofBar, '--subnets', list),
    'an Auto Scaling group and a launch template shop already',
  );
  expect(Object.keys(ec2.state.images)).toHaveLength(before);
});
