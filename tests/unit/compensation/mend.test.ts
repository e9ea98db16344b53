import { execFileSync } from 'node:child_process';
import { effectKinds, type EffectSpec } from '../../../lib/engine/effects';
import { repairCommandOf } from '../../../lib/deployment/compensation/mend';
import { effectOf, recordOf, settingsOf } from './fakeContext';

type Spec = EffectSpec & Parameters<typeof effectOf>[0];
const mend = (spec: Spec, record = recordOf()) => repairCommandOf(effectOf(spec), record);

/** What `aws` is given by a shell that runs the command; `aws` answers 7 to whoever asks by a query. */
const run = (command: string): string[][] => {
  const script = `aws() { case "$*" in *--query*) echo 7;; *) for a in "$@"; do printf '%s\\0' "$a"; done; printf '\\n';; esac; }\n${command}`;
  return execFileSync('bash', ['-euc', script], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\0').slice(0, -1));
};
const option = (words: readonly string[] | undefined, name: string): string =>
  words?.[words.indexOf(name) + 1] ?? '';

const mixed = {
  LaunchTemplate: {
    LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '9' },
    Overrides: [{ InstanceType: 'm7g.large' }, { InstanceType: 'm6g.large' }],
  },
  InstancesDistribution: { OnDemandBaseCapacity: 2 },
};
const withVersion = (Version: string) => ({
  ...mixed,
  LaunchTemplate: {
    ...mixed.LaunchTemplate,
    LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version },
  },
});

const specs: Readonly<Record<(typeof effectKinds)[number], Spec>> = {
  processes: { kind: 'processes', target: 'web', before: [], wrote: ['Launch'] },
  'instance-tags': { kind: 'instance-tags', target: 'taint 1', before: { 'i-1': { a: null } }, wrote: {} },
  command: { kind: 'command', target: 'first', before: null, wrote: {}, result: { commandId: 'c-1' } },
  standby: { kind: 'standby', target: 'i-9', before: 'InService', wrote: 'Standby' },
  'group-size': { kind: 'group-size', target: 'web MinSize', before: 2, wrote: 1 },
  'group-launch-template': {
    kind: 'group-launch-template',
    target: 'web',
    before: { id: 'lt-1', version: '4' },
    wrote: { id: 'lt-1', version: '5' },
  },
  protection: { kind: 'protection', target: 'i-1', before: false, wrote: true },
  image: { kind: 'image', target: 'forseti-api', before: null, wrote: {}, result: { imageId: 'ami-2' } },
  'launch-template-version': {
    kind: 'launch-template-version',
    target: 'lt-1',
    before: null,
    wrote: { version: '5' },
  },
  'scaling-policy': { kind: 'scaling-policy', target: 'forseti-cpu', before: { Enabled: true }, wrote: null },
  alarm: { kind: 'alarm', target: 'forseti-test-api-cpu', before: { Threshold: 5 }, wrote: null },
  refresh: { kind: 'refresh', target: 'web restore', before: null, wrote: { id: 'lt-1', version: '4' } },
  builder: { kind: 'builder', target: 'api-v2-1', before: null, wrote: {}, result: { instanceId: 'i-7' } },
};

it.each(effectKinds)('the command that mends %s runs in a shell, and names the region', (kind) => {
  const commands = run(mend(specs[kind]));
  expect(commands.length).toBeGreaterThan(0);
  for (const words of commands) expect(option(words, '--region')).toBe('eu-west-1');
});

it('quotes what a shell would take apart', () => {
  const command = mend({
    kind: 'instance-tags',
    target: 'taint 1',
    before: { 'i-1': { 'forseti:version': "it's v1  b" }, 'i-2': { 'forseti:version': null } },
    wrote: {},
  });
  expect(run(command)).toEqual(
    [
      "ec2 create-tags --resources i-1 --tags|Key=forseti:version,Value=it's v1  b|--region eu-west-1",
      'ec2 delete-tags --resources i-2 --tags|Key=forseti:version|--region eu-west-1',
    ].map((line) => line.split('|').flatMap((part, index) => (index === 1 ? [part] : part.split(' ')))),
  );
});

describe('an instance in standby, which may be sealed or run what failed', () => {
  it('is terminated, and its place given back; it does not leave standby to serve', () => {
    const command = mend(specs.standby);
    expect(command).not.toContain('exit-standby');
    const [terminate, raise] = run(command);
    expect(terminate).toEqual(expect.arrayContaining(['terminate-instance-in-auto-scaling-group', 'i-9']));
    expect(terminate).toContain('--no-should-decrement-desired-capacity');
    expect(option(raise, '--desired-capacity')).toBe('8');
  });

  it.each([
    [{ from: 3, raise: true }, ['4']],
    [{ from: 8, raise: false }, []],
  ])('whose place was being given back (%j) is not given it twice', (retirement, capacities) => {
    const [, ...raises] = run(mend({ ...specs.standby, result: { retirement } }));
    expect(raises.map((words) => option(words, '--desired-capacity'))).toEqual(capacities);
  });
});

describe('with a mixed instances policy', () => {
  it('the group gets the whole policy back, with its former version', () => {
    const [words] = run(
      mend({ ...specs['group-launch-template'], before: { id: 'lt-1', version: '4', mixed } }),
    );
    expect(JSON.parse(option(words, '--cli-input-json'))).toEqual({
      AutoScalingGroupName: 'web',
      MixedInstancesPolicy: withVersion('4'),
    });
  });

  it('a refresh back asks for the whole policy, with the baseline', () => {
    const [words] = run(mend({ ...specs.refresh, wrote: { id: 'lt-1', version: '5', mixed } }));
    expect(JSON.parse(option(words, '--desired-configuration'))).toEqual({
      MixedInstancesPolicy: withVersion('4'),
    });
  });
});

it('a refresh back keeps to the health limits of the settings', () => {
  const settings = settingsOf({
    rollout: { minHealthyPercentage: 95, maxHealthyPercentage: 120, instanceWarmupSeconds: 77 },
  });
  const [words] = run(mend(specs.refresh, recordOf({ settings })));
  expect(JSON.parse(option(words, '--desired-configuration'))).toEqual({
    LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' },
  });
  expect(JSON.parse(option(words, '--preferences'))).toMatchObject({
    MinHealthyPercentage: 95,
    MaxHealthyPercentage: 120,
    InstanceWarmup: 77,
    SkipMatching: false,
  });
});

it('an alarm starts its policies by the ARNs that they have when the command is run', () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:ops';
  const command = mend({
    ...specs.alarm,
    before: { Threshold: 5, AlarmActions: ['policy:forseti-cpu', topic] },
  });
  const [words = []] = run(command);
  expect(JSON.parse(option(words, '--cli-input-json'))).toEqual({
    AlarmName: 'forseti-test-api-cpu',
    Threshold: 5,
  });
  const at = words.indexOf('--alarm-actions');
  expect(words.slice(at + 1, at + 3)).toEqual(['7', topic]);
  expect(command).toContain('--policy-names forseti-cpu');
});

it('a copy of an image is removed where it lies', () => {
  const [words] = run(mend({ ...specs.image, target: 'forseti-api eu-central-1' }));
  expect(option(words, '--region')).toBe('eu-central-1');
});
