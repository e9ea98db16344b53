import { execFileSync } from 'node:child_process';
import { kindNames, repairOfAny } from '../../../lib/deployment/compensation/registry';
import type { Effect } from '../../../lib/engine/effect';
import { processesEffect } from '../../../lib/fleet/processesEffect';
import { sizeEffect } from '../../../lib/fleet/sizeEffect';
import { imageEffect } from '../../../lib/image/imageEffect';
import { standbyEffect } from '../../../lib/image/standbyEffect';
import { testInstanceEffect } from '../../../lib/image/testInstanceEffect';
import { builderEffect } from '../../../lib/provisioning/builderEffect';
import { commandEffect } from '../../../lib/provisioning/commandEffect';
import { instanceTagsEffect } from '../../../lib/provisioning/instanceTagsEffect';
import { groupTemplateEffect } from '../../../lib/rollout/groupTemplateEffect';
import { protectionEffect } from '../../../lib/rollout/protectionEffect';
import { refreshEffect } from '../../../lib/rollout/refreshEffect';
import { templateVersionEffect } from '../../../lib/rollout/templateVersionEffect';
import { alarmEffect } from '../../../lib/scaling/alarmEffect';
import { policyEffect } from '../../../lib/scaling/policyEffect';
import { effectOf, now, recordOf, settingsOf } from './fakeContext';

const repair = (effect: Effect, record = recordOf()): string => {
  const found = repairOfAny(effect, { region: 'eu-west-1', record });
  if (typeof found === 'object') throw new Error(`No command: ${found.lookAt}`);
  return found;
};

/** The arguments with which a shell that runs the command calls `aws`. A query is answered with 7. */
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

const standby = effectOf(standbyEffect, { target: 'i-9', before: 'InService', wrote: 'Standby' });
const groupTemplate = effectOf(groupTemplateEffect, {
  target: 'web',
  before: { id: 'lt-1', version: '4' },
  wrote: { id: 'lt-1', version: '5' },
});
const image = effectOf(imageEffect, {
  target: 'forseti-api',
  before: null,
  wrote: {},
  result: { imageId: 'ami-2', region: 'eu-west-1', madeAt: now },
});
const alarm = effectOf(alarmEffect, {
  target: 'forseti-test-api-cpu',
  before: { Threshold: 5 },
  wrote: null,
});
const wayBack = effectOf(refreshEffect, {
  target: 'web restore',
  before: null,
  wrote: { id: 'lt-1', version: '4' },
  result: { refreshId: 'r-1' },
});

const effects: readonly Effect[] = [
  effectOf(processesEffect, { target: 'web', before: [], wrote: ['Launch'] }),
  effectOf(instanceTagsEffect, {
    target: 'tainted 1',
    before: { 'i-1': { 'forseti:part': null } },
    wrote: { 'i-1': { 'forseti:part': 'first' } },
  }),
  effectOf(commandEffect, { target: 'first', before: null, wrote: {}, result: { commandId: 'c-1' } }),
  standby,
  effectOf(sizeEffect, { target: 'web MinSize', before: 2, wrote: 1 }),
  groupTemplate,
  effectOf(protectionEffect, { target: 'i-1', before: false, wrote: true }),
  image,
  effectOf(templateVersionEffect, {
    target: 'lt-1',
    before: null,
    wrote: { id: 'lt-1', image: 'ami-2' },
    result: { id: 'lt-1', version: '5' },
  }),
  effectOf(policyEffect, { target: 'forseti-cpu', before: { Enabled: true }, wrote: null }),
  alarm,
  wayBack,
  effectOf(builderEffect, {
    target: 'api-v2-1',
    before: null,
    wrote: {},
    result: { instanceId: 'i-7' },
  }),
  effectOf(testInstanceEffect, {
    target: 'api-v2-1',
    before: null,
    wrote: {},
    result: { instanceId: 'i-8' },
  }),
];

/** The effect of a step that died between its call and its note. */
const intended = (effect: Effect): Effect => ({ ...effect, result: undefined, state: 'intended' });

test('Every kind of effect has a case', () => {
  expect(effects.map(({ kind }) => kind)).toEqual(kindNames());
});

test.each(
  effects
    .flatMap((effect) => [effect, intended(effect)])
    .map((effect) => [effect.kind, effect.state, effect] as const),
)(
  'The command that repairs %s which is %s runs in a shell, names the region, and holds no placeholder',
  (_, __, effect) => {
    const commands = run(repair(effect));
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) {
      expect(option(words, '--region')).toBe('eu-west-1');
      expect(
        words.filter((word) => /^(ID|VERSION|REGION|[A-Z_]{2,}|<.*>|undefined|null)$/.test(word)),
      ).toEqual([]);
    }
  },
);

test('The command quotes what a shell would split, and what the shorthand of the CLI would not take', () => {
  const command = repair(
    effectOf(instanceTagsEffect, {
      target: 'tainted 1',
      before: { 'i-1': { 'forseti:version': "it's v1  b" }, 'i-2': { 'forseti:version': null } },
      wrote: {},
    }),
  );
  expect(run(command)).toEqual(
    [
      `ec2 create-tags --resources i-1 --tags|[{"Key":"forseti:version","Value":"it's v1  b"}]|--region eu-west-1`,
      'ec2 delete-tags --resources i-2 --tags|Key=forseti:version|--region eu-west-1',
    ].map((line) => line.split('|').flatMap((part, index) => (index === 1 ? [part] : part.split(' ')))),
  );
});

describe('An instance in standby, which may be sealed or run what failed', () => {
  test('The instance is terminated, and its place given back; it does not leave standby to serve', () => {
    const command = repair(standby);
    expect(command).not.toContain('exit-standby');
    const [terminate, raise] = run(command);
    expect(terminate).toEqual(expect.arrayContaining(['terminate-instance-in-auto-scaling-group', 'i-9']));
    expect(terminate).toContain('--no-should-decrement-desired-capacity');
    expect(option(raise, '--desired-capacity')).toBe('8');
  });

  test.each([
    [{ from: 3, raise: true }, ['4']],
    [{ from: 8, raise: false }, []],
  ])(
    'An instance whose place was being given back (%j) does not get it back twice',
    (retirement, capacities) => {
      const [, ...raises] = run(repair({ ...standby, result: { retirement } }));
      expect(raises.map((words) => option(words, '--desired-capacity'))).toEqual(capacities);
    },
  );
});

describe('A group with a mixed instances policy', () => {
  test('The group gets the whole policy back, with its former version', () => {
    const [words] = run(repair({ ...groupTemplate, before: { id: 'lt-1', version: '4', mixed } }));
    expect(JSON.parse(option(words, '--cli-input-json'))).toEqual({
      AutoScalingGroupName: 'web',
      MixedInstancesPolicy: withVersion('4'),
    });
  });

  test('A refresh back asks for the whole policy, with the baseline', () => {
    const [words] = run(repair({ ...wayBack, wrote: { id: 'lt-1', version: '5', mixed } }));
    expect(JSON.parse(option(words, '--desired-configuration'))).toEqual({
      MixedInstancesPolicy: withVersion('4'),
    });
  });
});

test('A refresh back keeps to the health limits of the settings', () => {
  const settings = settingsOf({
    rollout: { minHealthyPercentage: 95, maxHealthyPercentage: 120, instanceWarmupSeconds: 77 },
  });
  const [words] = run(repair(wayBack, recordOf({ settings })));
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

test('An alarm starts its policies by the ARNs that they have when the command is run', () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:ops';
  const command = repair({
    ...alarm,
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

test('A copy of an image is removed in its own region', () => {
  const [words] = run(repair({ ...image, target: 'forseti-api eu-central-1', result: undefined }));
  expect(option(words, '--region')).toBe('eu-central-1');
});
