/** What a failed deployment replaces: the instances on which something of it has run, and nobody else. */
import { AwsError } from '@forseti/embedded-cloud';
import { both, failing } from './support/failing';
import { effectsOf } from './support/invariants';
import { pasteIntoShell } from './support/repair';
import { untilAllEnded, untilIn } from './support/scenes';
import { fleetSnapshot, looseEnds, noLooseEnds, recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

const minuteMs = 60_000;

jest.setTimeout(120_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await startTestStack();
}, 120_000);

const failure = { version: 'v2', exitCode: 2 };
const failsEverywhere = { cloud: { provisioningFailures: [failure] } };
/** EC2 has no capacity left, from the start. */
const noCapacity = [{ remaining: 0 }];
const source = { source: { s3: 's3://acme-provisioning/api.tar.gz' } };

const commandsOf = (stack: TestStack) => Object.values(stack.region.service('ssm').state.commands);
/** Instances on which the agent has begun to run a command. */
const begun = (stack: TestStack): string[] => [
  ...new Set(
    commandsOf(stack).flatMap(({ invocations }) =>
      invocations.flatMap(({ instanceId, startedAt }) => (startedAt === undefined ? [] : [instanceId])),
    ),
  ),
];
const idsOf = (stack: TestStack): string[] => Object.keys(stack.group().instances);
/** Those of the first instances that are not members any more. */
const replaced = (stack: TestStack, had: readonly string[]): string[] =>
  had.filter((id) => !idsOf(stack).includes(id)).sort();
const settled = (stack: TestStack): Promise<unknown> => stack.cloud.advance(10 * minuteMs);
const ownTags = (stack: TestStack): string[] =>
  serving(stack).flatMap(({ id }) =>
    Object.keys(stack.instance(id).tags).filter((tag) => /^forseti:(part|deployment)$/.test(tag)),
  );

test.each([2, 7])(
  'The playbook fails on the first of %i instances: that one is replaced',
  async (instances) => {
    const stack = await startTestStack({ group: { instances }, ...failsEverywhere });
    const had = idsOf(stack);
    const was = fleetSnapshot(stack);
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', 'ProvisionFailed', []]);
    const [first = ''] = begun(stack);
    expect(ended.end?.message).toContain(
      `1 of ${String(instances)} instances had begun v2 and was replaced: ${first} (exit status 2).`,
    );
    await settled(stack);
    expect(replaced(stack, had)).toEqual([first]);
    expect(new Set(serving(stack).map(({ software }) => software))).toEqual(new Set(['v1']));
    expect({ ...fleetSnapshot(stack), templates: [] }).toEqual({ ...was, templates: [] });
    expect(ownTags(stack)).toEqual([]);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  },
);

test.each(['instance-refresh', 'surge', 'none'])(
  'Whatever the rollout, the instances on which nothing has begun stay: %s',
  async (strategy) => {
    for (const from of ['deploy-and-snapshot', 'golden-instance']) {
      const stack = await startTestStack({
        group: { instances: 7 },
        settings: { strategy: from, rollout: { strategy } },
        ...failsEverywhere,
      });
      const had = idsOf(stack);
      expect((await stack.deploy()).outcome).toBe('RolledBack');
      await settled(stack);
      const members = begun(stack).filter((id) => had.includes(id));
      // A builder is no member of the fleet.
      expect(members).toHaveLength(from === 'golden-instance' ? 0 : 1);
      expect(replaced(stack, had)).toEqual(members);
    }
  },
);

test('One of 351 is replaced', async () => {
  const stack = await startTestStack({ group: { instances: 351, max: 400 }, ...failsEverywhere });
  const had = idsOf(stack);
  expect((await stack.deploy()).outcome).toBe('RolledBack');
  await settled(stack);
  expect(replaced(stack, had)).toEqual(begun(stack));
  expect(replaced(stack, had)).toHaveLength(1);
});

test('Where SendCommand is refused, nothing has run: the tags go back, and nobody is replaced', async () => {
  const stack = await startTestStack({
    group: { instances: 6 },
    faults: {
      call: ({ action }) =>
        action === 'SendCommand'
          ? { before: new AwsError('InvalidParameters', 'The parameter playbook is not valid.') }
          : undefined,
    },
  });
  const had = idsOf(stack);
  const was = fleetSnapshot(stack);
  const ended = await stack.deploy();
  expect(commandsOf(stack)).toEqual([]);
  expect([ended.outcome, ended.end?.message]).toEqual([
    'RolledBack',
    expect.stringContaining('0 of 6 instances had begun v2: none was replaced for it.'),
  ]);
  await settled(stack);
  expect(replaced(stack, had)).toEqual([]);
  expect(fleetSnapshot(stack)).toEqual(was);
  expect(ownTags(stack)).toEqual([]);
});

test('Some of the rest fail: those that the command did not come to stay', async () => {
  const stack = await startTestStack({
    group: { instances: 12, max: 20 },
    settings: { provisioning: { ...source, maxConcurrency: '2', maxErrors: '0' } },
    cloud: {
      provisioningFailures: Array.from({ length: 12 }, (_, index) => ({
        ...failure,
        instance: { group: 'api', index },
      })).slice(2),
    },
    seed: 3,
  });
  const had = idsOf(stack);
  const ended = await stack.deploy();
  expect(ended.outcome).toBe('RolledBack');
  await settled(stack);
  expect(replaced(stack, had)).toEqual(begun(stack).sort());
  expect(replaced(stack, had).length).toBeLessThan(12);
});

const refused = { before: new AwsError('UnauthorizedOperation', 'Not allowed.', { statusCode: 403 }) };
const isTainting = (input: unknown): boolean => JSON.stringify(input).includes('"tainted"');

test.each([
  ['Provision could not tag it', [], 'RolledBack'],
  ['Provision could not tag it, and Restore dies: the list names it', ['Restore'], 'Dirty'],
])('An instance counts as touched by what ran there, although %s', async (_, dying, outcome) => {
  const stack = await startTestStack({
    group: { instances: 7 },
    ...failsEverywhere,
    faults: both(failing('dies before its effect', dying), {
      call: ({ caller, action, input }) =>
        caller.name.endsWith('-Provision') && action === 'CreateTags' && isTainting(input)
          ? refused
          : undefined,
    }),
  });
  const had = idsOf(stack);
  const ended = await stack.deploy();
  const [first = ''] = begun(stack);
  expect(ended.outcome).toBe(outcome);
  if (outcome === 'Dirty') {
    const mends = (ended.end?.left ?? []).map(({ mend = '' }) => mend);
    stack.cloud.faults = {};
    for (const mend of mends) await pasteIntoShell(stack, mend);
  }
  await settled(stack);
  expect(replaced(stack, had)).toEqual([first]);
  expect(ownTags(stack)).toEqual([]);
});

describe('Where EC2 has no capacity left', () => {
  test('What nothing has begun on stays, and the end comes soon and says why', async () => {
    const stack = await startTestStack({
      cloud: { capacity: noCapacity, provisioningFailures: [failure] },
    });
    const had = idsOf(stack);
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end?.left.length]).toEqual(['Dirty', 1]);
    expect(ended.end?.left[0]?.note).toContain('InsufficientInstanceCapacity');
    expect(ended.end?.message).toContain(
      `had begun v2 and was terminated: ${begun(stack).join()} (exit status 2). The group lacks 1 instance in their place.`,
    );
    expect(ended.seconds).toBeLessThan(10 * 60);
    await untilAllEnded(stack);
    expect(replaced(stack, had)).toEqual(begun(stack));
    expect(serving(stack).map(({ tag }) => tag)).toEqual(['v1', 'v1', 'v1']);
  });

  test('Of several one is tried; the others that are healthy stay, and their tags say what runs there', async () => {
    const stack = await startTestStack({
      group: { instances: 7 },
      settings: { provisioning: { ...source, maxConcurrency: '2' } },
      cloud: {
        capacity: noCapacity,
        // It begins on another one, where it succeeds.
        provisioningFailures: [0, 2].map((index) => ({ ...failure, instance: { group: 'api', index } })),
      },
    });
    const had = idsOf(stack);
    const ended = await stack.deploy();
    const [gone = '', ...more] = replaced(stack, had);
    const left = begun(stack).filter((id) => id !== gone);
    expect([ended.outcome, more, left.length > 1, begun(stack).includes(gone)]).toEqual([
      'Dirty',
      [],
      true,
      true,
    ]);
    const [only, ...others] = ended.end?.left ?? [];
    expect(others).toEqual([]);
    for (const id of left)
      expect([only?.note, stack.instance(id).tags['forseti:version']]).toEqual([
        expect.stringContaining(id),
        'tainted',
      ]);
    const untouched = had.filter((id) => !begun(stack).includes(id));
    expect(untouched.map((id) => stack.instance(id).tags['forseti:version'])).toEqual(
      untouched.map(() => 'v1'),
    );
  });

  test('A rollback of what was provisioned in place gives up once, lists what is left, and ends soon', async () => {
    const stack = await startTestStack({ group: { instances: 7 }, cloud: { capacity: noCapacity } });
    const had = idsOf(stack);
    const arn = await stack.start({ application: 'api', version: 'v2' });
    await untilIn(stack, arn, 'Provision');
    await stack.cloud.runUntil(() => begun(stack).length === 3, 60 * minuteMs);
    const back = await stack.rollBack();
    expect([back.outcome, back.end?.left.length]).toEqual(['Dirty', 1]);
    expect(back.end?.left[0]?.note).toContain('InsufficientInstanceCapacity');
    expect(back.seconds).toBeLessThan(15 * 60);
    await untilAllEnded(stack);
    expect(replaced(stack, had)).toHaveLength(1);
    expect(serving(stack)).toHaveLength(6);
  });
});

test('A rollback replaces what was provisioned in place, and leaves what nothing has begun on', async () => {
  const stack = await startTestStack({ group: { instances: 7 } });
  const had = idsOf(stack);
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await untilIn(stack, arn, 'Provision');
  await stack.cloud.runUntil(() => begun(stack).length === 3, 60 * minuteMs);
  await stack.cloud.advance(20_000);
  const back = await stack.rollBack();
  expect(back.outcome).toBe('RolledBack');
  await untilAllEnded(stack);
  expect(replaced(stack, had)).toEqual(begun(stack).sort());
  expect(replaced(stack, had).length).toBeLessThan(7);
  expect(new Set(serving(stack).map(({ software }) => software))).toEqual(new Set(['v1']));
  expect(ownTags(stack)).toEqual([]);
  expect((await recordOf(stack))?.end?.message).toMatch(
    / of 7 instances had begun v2; rollback rollback-1 replaces/,
  );
  expect((await effectsOf(stack, 'rollback-1')).filter(({ kind }) => kind === 'refresh')).toEqual([]);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});
