/** What a failed deployment replaces: the instances on which something of it has run, and nobody else. */
import { fleetSnapshot, looseEnds, noLooseEnds, serving } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

const minuteMs = 60_000;

jest.setTimeout(120_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await startTestStack();
}, 120_000);

const failsEverywhere = { cloud: { provisioningFailures: [{ version: 'v2', exitCode: 2 }] } };
const commandsOf = (stack: TestStack) => Object.values(stack.region.service('ssm').state.commands);
/** Instances on which the agent has begun to run a command. */
const begun = (stack: TestStack): string[] =>
  commandsOf(stack).flatMap(({ invocations }) =>
    invocations.flatMap(({ instanceId, startedAt }) => (startedAt === undefined ? [] : [instanceId])),
  );
const idsOf = (stack: TestStack): string[] => Object.keys(stack.group().instances);
/** Those of the first instances that are not members any more. */
const replaced = (stack: TestStack, had: readonly string[]): string[] =>
  had.filter((id) => !idsOf(stack).includes(id)).sort();
const settled = async (stack: TestStack): Promise<void> => {
  await stack.cloud.advance(10 * minuteMs);
};

test.each([2, 7])(
  'the playbook fails on the first of %i instances: that one is replaced',
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
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  },
);

test('one of 351 is replaced', async () => {
  const stack = await startTestStack({ group: { instances: 351, max: 400 }, ...failsEverywhere });
  const had = idsOf(stack);
  expect((await stack.deploy()).outcome).toBe('RolledBack');
  await settled(stack);
  expect(replaced(stack, had)).toEqual(begun(stack));
  expect(replaced(stack, had)).toHaveLength(1);
});

test('where SendCommand is refused, nothing has run: the tags go back, and nobody is replaced', async () => {
  const document = { document: 'AWS-RunShellScript', parameters: { command: ['true'] } };
  const stack = await startTestStack({
    group: { instances: 6 },
    settings: { provisioning: { ...document, source: { s3: 's3://acme-provisioning/api.tar.gz' } } },
  });
  const had = idsOf(stack);
  const was = fleetSnapshot(stack);
  const ended = await stack.deploy();
  expect(commandsOf(stack)).toEqual([]);
  expect(['Rejected', 'RolledBack']).toContain(ended.outcome);
  await settled(stack);
  expect(replaced(stack, had)).toEqual([]);
  expect(fleetSnapshot(stack)).toEqual(was);
  for (const id of had)
    expect(Object.keys(stack.instance(id).tags)).not.toEqual(
      expect.arrayContaining(['forseti:part', 'forseti:deployment']),
    );
});

test('some of the rest fail: those that it was not sent to stay', async () => {
  const stack = await startTestStack({
    group: { instances: 12, max: 20 },
    settings: {
      provisioning: {
        source: { s3: 's3://acme-provisioning/api.tar.gz' },
        maxConcurrency: '2',
        maxErrors: '0',
      },
    },
    cloud: {
      provisioningFailures: Array.from({ length: 12 }, (_, index) => ({
        instance: { group: 'api', index },
        version: 'v2',
        exitCode: 2,
      })).slice(2),
    },
    seed: 3,
  });
  const had = idsOf(stack);
  const ended = await stack.deploy();
  expect(ended.outcome).toBe('RolledBack');
  await settled(stack);
  expect(replaced(stack, had)).toEqual([...new Set(begun(stack))].sort());
  expect(replaced(stack, had).length).toBeLessThan(12);
});
