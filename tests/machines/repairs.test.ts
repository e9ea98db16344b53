import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { kindNames } from '../../lib/deployment/compensation/registry';
import { readExisting } from '../../lib/scaling/existing';
import { AwsError, type CallSeen, type Faults } from '@forseti/embedded-cloud';
import { minuteMs } from './support/acts';
import { failing } from './support/failing';
import { pasteIntoShell } from './support/repair';
import { optionsFor } from './support/scenes';
import { fleetSnapshot, looseEnds, recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

const compensation = ['Undo', 'Restore', 'CleanUp'];
const refused = {
  before: new AwsError('UnauthorizedOperation', 'You are not authorized.', { statusCode: 403 }),
};

const isBy = ({ caller }: CallSeen, names: readonly string[]): boolean =>
  names.some((name) => caller.name.endsWith(`-${name}`));

/** Whether the call notes an effect of the kind as done. */
const isNote = ({ service, action, input }: CallSeen, kind: string): boolean => {
  const { Key, UpdateExpression: update = '' } = (input ?? {}) as {
    Key?: { item?: { S?: string } };
    UpdateExpression?: string;
  };
  return (
    service === 'dynamodb' &&
    action === 'UpdateItem' &&
    update.includes('#state') &&
    Key?.item?.S?.startsWith(`effect#${kind}#`) === true
  );
};

/** The step dies between its call and its note; the compensation dies whenever it is called. */
const noteLost = (kind: string): Faults => ({
  ...failing('dies before its effect', compensation),
  call: (seen) => (!isBy(seen, compensation) && isNote(seen, kind) ? refused : undefined),
});

/** The step notes its effect, and the deployment fails after that. Every change of the compensation is refused. */
const noted = (kind: string, compensationDies: boolean): Faults => {
  let isNoted = false;
  return {
    ...(compensationDies && failing('dies before its effect', compensation)),
    call: (seen) => {
      if (seen.caller.kind === 'person' || seen.service === 'dynamodb') {
        if (!isBy(seen, compensation)) isNoted ||= isNote(seen, kind);
        return undefined;
      }
      if (isBy(seen, compensation)) return /^(Describe|List|Get)/.test(seen.action) ? undefined : refused;
      return isNoted && isBy(seen, steps) ? refused : undefined;
    },
  };
};

/** Forward steps: the first one after the note fails. */
const steps = [
  'Suspend',
  'LaunchBuilder',
  'Provision',
  'TakeOut',
  'BakeImage',
  'PutBack',
  'SwapLaunchTemplate',
  'SetScaling',
  'VerifyImage',
  'Resume',
  'Rollout',
];

interface Case {
  readonly options: TestStackOptions;
  /** What the command has to put back. */
  readonly thing: (stack: TestStack) => unknown;
  /** The AWS calls of the command; those that find a resource whose id was not noted are in brackets. */
  readonly calls: string;
  /** The effect is retained to be resumed from, unless CleanUp dies. */
  readonly isArtifact?: true;
  /** Sets up what the deployment finds when it begins. */
  readonly prepare?: (stack: TestStack) => Promise<unknown>;
}

const snapshot = optionsFor('Suspend');
const withSettings = (more: object): TestStackOptions => ({
  ...snapshot,
  settings: { ...snapshot.settings, ...more },
});
const surge = withSettings({ rollout: { strategy: 'surge', bakeMinutes: 5 } });
/** The command still runs when the deployment has ended. */
const slow: TestStackOptions = { ...snapshot, cloud: { ...snapshot.cloud, timings: { command: '30m' } } };
const scaled = (threshold: number, target: number) => ({
  scaling: {
    policies: {
      cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target },
      burst: { type: 'step', adjustment: 'ChangeInCapacity', steps: [{ from: 0, by: 2 }] },
    },
    alarms: {
      errors: { metric: 'HTTPCode_Target_5XX_Count', threshold, runs: ['burst'] },
    },
  },
});
const software = (stack: TestStack) => serving(stack).map((instance) => instance.software);
const scalingOf = (stack: TestStack) =>
  readExisting(
    {
      autoScaling: stack.session.connect(AutoScalingClient),
      cloudWatch: stack.session.connect(CloudWatchClient),
    },
    { stage: 'production', application: 'api', group: 'api' },
  );
/** The fleet was deployed before with other settings of its scaling. */
const redeployed = (after: object) => async (stack: TestStack) => {
  await stack.deploy(undefined, 'deployment-0');
  await stack.store({ ...snapshot.settings, ...after });
};

const cases: Readonly<Record<string, Case>> = {
  processes: {
    options: snapshot,
    thing: (stack) => fleetSnapshot(stack).suspended,
    calls: 'resume-processes',
  },
  'instance-tags': {
    options: slow,
    thing: (stack) => serving(stack).map(({ id }) => [id, Object.entries(stack.instance(id).tags).sort()]),
    calls: 'delete-tags',
  },
  command: {
    options: slow,
    thing: async (stack) => (await looseEnds(stack)).commands,
    calls: '[list-commands] cancel-command',
  },
  standby: {
    options: snapshot,
    thing: async (stack) => [serving(stack).length, stack.group().desired, (await looseEnds(stack)).aside],
    calls:
      '[describe-auto-scaling-instances] terminate-instance-in-auto-scaling-group [describe-auto-scaling-groups] set-desired-capacity',
  },
  'group-size': {
    options: { ...snapshot, group: { ...snapshot.group, min: 4 } },
    thing: (stack) => fleetSnapshot(stack).min,
    calls: 'update-auto-scaling-group',
  },
  'group-launch-template': {
    options: surge,
    thing: (stack) => fleetSnapshot(stack).launch,
    calls: 'update-auto-scaling-group',
  },
  protection: {
    options: surge,
    thing: (stack) => fleetSnapshot(stack).protected,
    calls: 'set-instance-protection',
  },
  image: {
    options: snapshot,
    thing: (stack) => fleetSnapshot(stack).images,
    calls: '[describe-images] deregister-image',
    isArtifact: true,
  },
  'launch-template-version': {
    options: snapshot,
    thing: (stack) => fleetSnapshot(stack).templates,
    calls: '[describe-launch-template-versions] delete-launch-template-versions',
    isArtifact: true,
  },
  'scaling-policy': {
    options: snapshot,
    thing: (stack) => fleetSnapshot(stack).policies,
    calls: 'delete-policy',
  },
  'scaling-policy that was there': {
    options: withSettings(scaled(10, 50)),
    prepare: redeployed(scaled(10, 60)),
    thing: async (stack) => (await scalingOf(stack)).policies,
    calls: 'put-scaling-policy',
  },
  alarm: {
    options: withSettings({
      scaling: { alarms: { errors: { metric: 'HTTPCode_Target_5XX_Count', threshold: 10 } } },
    }),
    thing: (stack) => fleetSnapshot(stack).alarms,
    calls: 'delete-alarms',
  },
  'alarm that was there': {
    options: withSettings(scaled(10, 50)),
    prepare: redeployed(scaled(20, 50)),
    thing: async (stack) => (await scalingOf(stack)).alarms,
    calls: 'describe-policies put-metric-alarm',
  },
  'alarm that was removed': {
    options: withSettings(scaled(10, 50)),
    prepare: redeployed({ scaling: { policies: scaled(10, 50).scaling.policies } }),
    thing: async (stack) => (await scalingOf(stack)).alarms,
    calls: 'describe-policies put-metric-alarm',
  },
  refresh: {
    options: snapshot,
    thing: (stack) => [software(stack), fleetSnapshot(stack).launch],
    calls: 'cancel-instance-refresh start-instance-refresh',
  },
  builder: {
    options: optionsFor('LaunchBuilder'),
    thing: async (stack) => (await looseEnds(stack)).strangers,
    calls: '[describe-instances] terminate-instances',
  },
  'test-instance': {
    options: withSettings({ rollout: { strategy: 'none' } }),
    thing: async (stack) => (await looseEnds(stack)).strangers,
    calls: '[describe-instances] terminate-instances',
  },
};
const kindIn = (name: string): string => name.split(' ')[0] ?? name;

test('Every kind of effect has a case', () => {
  expect([...new Set(Object.keys(cases).map(kindIn))].sort()).toEqual([...kindNames()].sort());
});

/** A deployment of v3 that ends as Dirty. */
const dirty = async (faults: Faults, { options, thing, prepare }: Case) => {
  const stack = await startTestStack(options);
  await prepare?.(stack);
  const before = await thing(stack);
  stack.cloud.faults = faults;
  const { outcome } = await stack.deploy({ application: 'api', version: 'v3' });
  stack.cloud.faults = {};
  expect(outcome).toBe('Dirty');
  expect(await thing(stack)).not.toEqual(before);
  const { end } = (await recordOf(stack)) ?? {};
  return { stack, before, left: end?.left ?? [] };
};

/** Nothing is launched or terminated before the processes are resumed. */
const processesFirst = (kinds: readonly string[]): string[] => [...new Set(['processes', ...kinds])];

describe.each([
  ['its note is lost, and the compensation dies', true, noteLost],
  [
    'it is noted, and the compensation is refused',
    false,
    (kind: string) => noted(kind, cases[kind]?.isArtifact === true),
  ],
] as const)('An effect that the compensation could not undo: %s', (_, isLost, faultsOf) => {
  test.each(Object.entries(cases))('The repair command puts back: %s', async (name, one) => {
    const kind = kindIn(name);
    const { stack, before, left } = await dirty(faultsOf(kind), one);
    const commands = processesFirst([kind]).flatMap((wanted) =>
      left.flatMap((leftover) =>
        leftover.kind === wanted ? [{ wanted, command: leftover.mend ?? '' }] : [],
      ),
    );
    let calls: string[] = [];
    for (const { wanted, command } of commands) {
      expect(command).not.toMatch(/\b(ID|VERSION|REGION)\b/);
      const made = (await pasteIntoShell(stack, command)).map(({ operation }) => operation);
      if (wanted === kind) calls = made;
    }
    expect([...new Set(calls)]).toEqual(
      one.calls
        .split(' ')
        .flatMap((call) => (call.startsWith('[') ? (isLost ? call.slice(1, -1) : []) : call)),
    );
    await stack.cloud.advance(45 * minuteMs);
    expect(await one.thing(stack)).toEqual(before);
  });
});
