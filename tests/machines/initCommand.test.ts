import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Command } from 'commander';
import { addInit } from '../../cli/commands/init';
import { exitCodes } from '../../cli/terminal/exitCodes';
import type { Session } from '../../cli/session/session';
import { parseSettings } from '../../lib/application/parse';
import { readSettings } from '../../lib/application/store';
import type { CloudState } from '../../packages/embedded-cloud/src/core/cloud';
import { AwsError } from '../../packages/embedded-cloud/src/errors';
import { keptTerminal } from '../unit/cli/support';
import { refusedByIam } from './support/calls';
import { startTestStack } from './support/testStack';

jest.mock('../../cli/session/session', () => ({
  ...jest.requireActual<object>('../../cli/session/session'),
  withSession: (_options: unknown, _home: unknown, work: (session: Session) => Promise<unknown>) =>
    work(current),
}));

jest.setTimeout(60_000);
let current: Session;
let saved: CloudState;
let folder: string;
beforeAll(async () => {
  const groups = { api: { version: 'v1', instances: 2 }, shop: { version: 'v7', instances: 3, max: 9 } };
  saved = (await startTestStack({ cloud: { groups } })).cloud.snapshot();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-init-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const source = ['--source', 's3://acme-provisioning/shop.tar.gz'];

const stand = async () => {
  const stack = await startTestStack({ from: saved });
  current = stack.session;
  const run = async (...words: string[]) => {
    const terminal = keptTerminal();
    const context = { terminal, root: '', folder: '', exitCode: exitCodes.done as number };
    const program = new Command().exitOverride();
    addInit(program, context);
    await program.parseAsync(['node', 'forseti', 'init', ...words, '--file', join(folder, 'forseti.yml')]);
    return { code: context.exitCode, out: terminal.outs.join('\n'), note: terminal.notes.join('\n') };
  };
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
  return { stage: stack, run, members, stored, executions, file, id };
};

test('A fleet is taken over as it runs: settings, tags, and a first release of one of its instances.', async () => {
  const { stage: stack, run, members, stored, file, id } = await stand();
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
  // The image is of that instance and no other; nothing was provisioned, and nobody was replaced.
  const [image] = Object.values(stack.region.service('ec2').state.images).filter(
    ({ tags }) => tags['forseti:application'] === 'shop' && tags['forseti:version'] === 'v7',
  );
  expect(image?.sourceInstanceId).toBe(id);
  expect(members('shop')).toEqual(before);
  const sent = Object.values(stack.region.service('ssm').state.commands).slice(commands);
  expect(sent.filter(({ documentName }) => documentName.endsWith('-provision'))).toEqual([]);
  expect(refusedByIam(stack)).toEqual([]);
  // From then on it is deployed to as any other, with a release to come back to.
  expect((await stack.deploy({ application: 'shop', version: 'v8' })).outcome).toBe('Deployed');
});

test('Run again it finds the release, and does nothing.', async () => {
  const { run, executions, file, id } = await stand();
  await run('shop', id, ...source, '--yes');
  const [text, before] = [file(), executions()];
  const { code, out } = await run('shop', id, ...source, '--yes');
  expect(code).toBe(exitCodes.done);
  expect(out).toContain('shop has a good release already: v7');
  expect([file(), executions()]).toEqual([text, before]);
});

test('A first try that failed is gone on with: what stands in the file need not be said again.', async () => {
  const { stage: stack, run, id, members } = await stand();
  const group = stack.region.service('autoscaling').state.groups.shop;
  if (group) group.suspended.Launch = 'somebody';
  const first = await run('shop', id, ...source, '--yes');
  expect(first.code).toBe(exitCodes.rejected);
  expect(first.out).toContain('Launch');
  if (group) delete group.suspended.Launch;
  expect((await run('shop', id, '--yes')).code).toBe(exitCodes.done);
  expect(members('shop')).toHaveLength(3);
});

test('What stands in the settings file stays as it is; without a reboot, the settings say so.', async () => {
  const { run, file, id } = await stand();
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

test('Nobody is asked without a terminal, and whoever says no has touched nothing.', async () => {
  const { stage: stack, run, executions, stored, id } = await stand();
  const before = executions();
  await expect(run('shop', id, ...source)).rejects.toThrow('give --yes');
  const terminal = { ...keptTerminal(), ask: async () => 'n' };
  const program = new Command();
  addInit(program, { terminal, root: '', folder: '', exitCode: exitCodes.done });
  await program.parseAsync([
    'node',
    'forseti',
    'init',
    'shop',
    id,
    ...source,
    '--file',
    join(folder, 'forseti.yml'),
  ]);
  expect(terminal.notes.at(-1)).toBe('Nothing was done.');
  await expect(stored()).rejects.toThrow('no application "shop"');
  expect(() => readFileSync(join(folder, 'forseti.yml'))).toThrow('ENOENT');
  expect(executions()).toBe(before);
  expect(stack.region.service('autoscaling').state.groups.shop?.tags).not.toHaveProperty(
    'forseti:application',
  );
});

test.each([
  ['an instance that nobody knows', 'shop', 'i-0123456789abcdef0', source, 'is not known in eu-west-1'],
  ['no word of where the playbook is', 'shop', undefined, [], 'Give --source'],
  [
    'a version that it does not run',
    'shop',
    undefined,
    [...source, '--release', 'v9'],
    'is tagged to run v7',
  ],
  ['a source that is none', 'shop', undefined, ['--source', 'ftp://acme'], 'provisioning.source'],
])('Refused before anything is touched: %s.', async (_, application, instance, more, told) => {
  const { run, executions, stored, id } = await stand();
  const before = executions();
  await expect(run(application, instance ?? id, ...more, '--yes')).rejects.toThrow(told);
  await expect(stored()).rejects.toThrow('no application "shop"');
  expect(() => readFileSync(join(folder, 'forseti.yml'))).toThrow('ENOENT');
  expect(executions()).toBe(before);
});

test('Another application has the group: its tag is not taken from it.', async () => {
  const { run, members } = await stand();
  const [other = ''] = members('api');
  await expect(run('shop', other, ...source, '--yes')).rejects.toThrow('belongs to application api');
});

test('A settings file that says otherwise is believed, not changed.', async () => {
  const { run, file, id } = await stand();
  const text =
    'applications:\n  shop:\n    group: another\n    provisioning: { source: { s3: s3://acme/shop.tar.gz } }\n';
  file(text);
  await expect(run('shop', id, '--yes')).rejects.toThrow(
    'gives shop the group another, the instance is in shop',
  );
  file(text.replace('another', 'shop'));
  await expect(run('shop', id, ...source, '--no-reboot', '--yes')).rejects.toThrow(
    '--source, --no-reboot would change nothing',
  );
});

describe('An instance that is in no group', () => {
  const alone = async () => {
    const stood = await stand();
    const ec2 = stood.stage.region.service('ec2');
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

  test('becomes an image, a launch template and a group of its own, with a release; it stays as it is.', async () => {
    const { stage: stack, run, instance, list, ec2, members, file } = await alone();
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
    // As any other from then on, and no second one of it.
    const again = await run('bar', instance, ...ofBar, '--subnets', list);
    expect(again.out).toContain('bar has a good release already: v3');
    expect(members('bar')).toHaveLength(3);
    expect((await stack.deploy({ application: 'bar', version: 'v4' })).outcome).toBe('Deployed');
  });

  test('is gone on with where a try was broken off: nothing is made twice.', async () => {
    const { stage: stack, run, instance, list, ec2, members } = await alone();
    stack.cloud.faults = {
      call: ({ action }) =>
        action === 'CreateAutoScalingGroup' ? { before: new AwsError('LimitExceeded', 'no') } : undefined,
    };
    await expect(run('bar', instance, ...ofBar, '--subnets', list)).rejects.toThrow('no');
    stack.cloud.faults = {};
    expect((await run('bar', instance, ...ofBar.slice(2), '--subnets', list)).code).toBe(exitCodes.done);
    const images = Object.values(ec2.state.images).filter(
      ({ tags }) => tags['forseti:application'] === 'bar',
    );
    expect(images).toHaveLength(1);
    await stack.cloud.advance(10 * 60_000);
    expect(members('bar')).toHaveLength(2);
  });

  test('is refused, with all that there is to choose of, before anything is touched.', async () => {
    const { run, instance, list, one, ec2 } = await alone();
    const before = Object.keys(ec2.state.images).length;
    await expect(run('bar', instance, ...ofBar)).rejects.toThrow(/two zones or more.*--subnets, of: subnet-/);
    await expect(run('bar', instance, ...ofBar, '--subnets', one)).rejects.toThrow('two zones or more');
    await expect(run('bar', instance, ...ofBar, '--subnets', `${one},subnet-1`)).rejects.toThrow(
      'subnet-1 is not in',
    );
    await expect(run('bar', instance, ...ofBar, '--subnets', list, '--max', '1')).rejects.toThrow(
      'less than --min',
    );
    await expect(run('bar', instance, ...ofBar, '--subnets', list, '--no-wait')).rejects.toThrow('--no-wait');
    await expect(run('shop', instance, ...ofBar, '--subnets', list)).rejects.toThrow(
      'an Auto Scaling group and a launch template shop already',
    );
    expect(Object.keys(ec2.state.images)).toHaveLength(before);
  });
});
