/** Invariant 13: nobody is terminated on whom nothing of ours ran, except by the rollout that was asked for. */
import { AwsError, type Faults } from '@forseti/embedded-cloud';
import fc from 'fast-check';
import { ask } from './support/acts';
import { failing } from './support/failing';
import { untilAllEnded } from './support/scenes';
import { looseEnds, noLooseEnds, recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(240_000);

const source = { source: { s3: 's3://acme-provisioning/api.tar.gz' } };
const byHand = ['halt', 'stop', 'rollback'];

const hows = ['dies before its effect', 'dies after its effect'] as const;

/** What goes wrong before the rollout; a person acts so many seconds after the deployment began. */
const trouble = fc.oneof(
  fc.record({
    kind: fc.constant('playbook'),
    on: fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('refused') }),
  fc.record({ kind: fc.constant('image') }),
  fc.record({
    kind: fc.constant('dies'),
    state: fc.constantFrom('Provision', 'TakeOut', 'BakeImage', 'SwapLaunchTemplate', 'Restore', 'Undo'),
    how: fc.constantFrom(...hows),
  }),
  fc.record({
    kind: fc.constantFrom('halt', 'stop', 'rollback'),
    afterSeconds: fc.integer({ min: 5, max: 900 }),
  }),
);
type Trouble = Partial<{
  kind: string;
  on: number[];
  state: string;
  how: (typeof hows)[number];
  afterSeconds: number;
}>;

const fleet = fc.record({
  instances: fc.integer({ min: 2, max: 12 }),
  strategy: fc.constantFrom('deploy-and-snapshot', 'deploy-and-snapshot', 'golden-instance'),
  /** By hand always none: what a person does comes at any time. */
  rollout: fc.constantFrom('none', 'instance-refresh', 'surge'),
  atOnce: fc.integer({ min: 1, max: 4 }),
  /** How many instances more EC2 can launch; all where it is not set. */
  remaining: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  trouble: trouble,
  seed: fc.integer({ min: 1, max: 1_000 }),
});
type Drawn = typeof fleet extends fc.Arbitrary<infer One> ? One : never;

const faultsOf = ({ kind, state = '', how = hows[0] }: Trouble): Faults => {
  if (kind === 'dies')
    return failing(how, ['Restore', 'Undo'].includes(state) ? [state, 'SwapLaunchTemplate'] : [state]);
  const refused = { before: new AwsError('InvalidParameters', 'The parameter playbook is not valid.') };
  return kind === 'refused' ? { call: ({ action }) => (action === 'SendCommand' ? refused : undefined) } : {};
};

const stackOf = (drawn: Drawn): Promise<TestStack> => {
  const { trouble: what, remaining } = drawn;
  return startTestStack({
    group: { instances: drawn.instances, max: 30 },
    settings: {
      strategy: drawn.strategy,
      rollout: { strategy: byHand.includes(what.kind ?? '') ? 'none' : drawn.rollout },
      provisioning: { ...source, maxConcurrency: String(drawn.atOnce) },
    },
    cloud: {
      ...(remaining !== undefined && { capacity: [{ remaining }] }),
      ...(what.kind === 'image' && { images: [{ failure: 'Client.InternalError' }] }),
      ...(what.kind === 'playbook' && {
        provisioningFailures: [...new Set(what.on?.map((index) => index % drawn.instances))].map((index) => ({
          version: 'v2',
          exitCode: 2,
          // A builder is no member of the group.
          ...(drawn.strategy === 'deploy-and-snapshot' && { instance: { group: 'api', index } }),
        })),
      }),
    },
    faults: faultsOf(what),
    seed: drawn.seed,
  });
};

/** Instances on which an agent has begun to run something of ours. */
const begunOn = (stack: TestStack): ReadonlySet<string> =>
  new Set(
    Object.values(stack.region.service('ssm').state.commands).flatMap(({ invocations }) =>
      invocations.flatMap(({ instanceId, startedAt }) => (startedAt === undefined ? [] : [instanceId])),
    ),
  );

const act = async (stack: TestStack, arn: string, { kind, afterSeconds = 0 }: Trouble): Promise<void> => {
  if (!byHand.includes(kind ?? '')) return;
  await stack.cloud.advance(afterSeconds * 1_000);
  if (kind === 'halt')
    await ask(stack, 'HaltDeployment', { deployment: 'deployment-1', by: 'ada', reason: 'drawn' });
  else if (kind === 'stop') await stack.stop(arn);
  else await stack.rollBack();
};

test('An instance that we did not launch and on which nothing of ours ran is terminated by no failed deployment', async () => {
  await fc.assert(
    fc.asyncProperty(fleet, async (drawn) => {
      const stack = await stackOf(drawn);
      const had = serving(stack).map(({ id }) => id);
      const arn = await stack.start({ application: 'api', version: 'v2' });
      await act(stack, arn, drawn.trouble);
      await untilAllEnded(stack);
      const record = await recordOf(stack);
      const { outcome, handedTo } = record ?? {};
      const { path } = await stack.ended(arn);
      // The rollout replaces whom it was asked to replace.
      if (path.includes('Rollout') && record?.rollout !== 'none') return;
      const members = Object.keys(stack.group().instances);
      const gone = had.filter((id) => !members.includes(id));
      const begun = begunOn(stack);
      expect(gone.filter((id) => !begun.has(id))).toEqual([]);
      // What ran is undone, or listed.
      if (outcome === 'RolledBack' && handedTo === undefined) {
        expect(had.filter((id) => begun.has(id) && !gone.includes(id))).toEqual([]);
        expect(serving(stack).filter(({ software }) => software !== 'v1')).toEqual([]);
        expect(await looseEnds(stack)).toEqual(noLooseEnds);
      }
      if (outcome === 'Dirty') expect(record?.end?.left.length).toBeGreaterThan(0);
    }),
    { numRuns: 8 },
  );
});
