import { refusedByIam } from './support/calls';
import { compensation, definition, touching, untouching } from './support/definition';
import { fleetPicture, looseEnds, noLooseEnds, recordOf, releasesOf, serving, told } from './support/picture';
import { raise, type StageOptions } from './support/stage';
import { AwsError } from '../../local/errors';
import type { Faults } from '../../local/faults';

const golden = ['LaunchBuilder', 'TerminateBuilder'];
const optionsFor = (state: string): StageOptions => ({
  settings: {
    strategy: golden.includes(state) ? 'golden-instance' : 'deploy-and-snapshot',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
    scaling: {
      policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
    },
  },
  group: { suspended: ['AZRebalance'] },
});

type How = 'dies before its effect' | 'dies after its effect' | 'never answers' | 'is throttled';

/** The functions of these states fail at every try; pings and dry runs do not. */
const failing = (how: How, ...names: readonly string[]): Faults => {
  const isMeant = (name: string): boolean => names.some((state) => name.endsWith(`-${state}`));
  if (how === 'is throttled')
    return {
      // AWS throttles what the step does to the fleet; its own tables answer, but to those that touch nothing else.
      call: ({ caller, service, action, input }) =>
        isMeant(caller.name) &&
        (untouching.some((state) => names.includes(state)) ||
          (service !== 'dynamodb' && isChange(action, input)))
          ? { before: new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { statusCode: 503 }) }
          : undefined,
    };
  const fault = (
    { 'dies before its effect': 'before', 'dies after its effect': 'after', 'never answers': 'hang' } as const
  )[how];
  return {
    invocation: ({ functionName, event }) => {
      const { warm, dryRun } = (event ?? {}) as { warm?: true; dryRun?: true };
      return !warm && !dryRun && isMeant(functionName) ? fault : undefined;
    },
  };
};
const isChange = (action: string, input: unknown): boolean =>
  !/^(Describe|Get|List)/.test(action) && (input as { DryRun?: boolean } | undefined)?.DryRun !== true;

describe.each<How>(['dies before its effect', 'dies after its effect', 'never answers', 'is throttled'])(
  'a state whose function always %s',
  (how) => {
    test.each(untouching)('%s: Rejected, and nothing was touched', async (state) => {
      const stage = await raise({ ...optionsFor(state), faults: failing(how, state) });
      const was = fleetPicture(stage);
      const ended = await stage.deploy();
      expect(ended.outcome).toBe('Rejected');
      expect(ended.path.slice(-5)).toEqual([state, 'Close', 'Unlock', 'Outcome', 'Rejected']);
      expect(fleetPicture(stage)).toEqual(was);
      expect(await looseEnds(stage)).toEqual(noLooseEnds);
    });

    test.each(touching)(
      '%s: the fleet is as it was, and the lock is free',
      async (state) => {
        const stage = await raise({ ...optionsFor(state), faults: failing(how, state) });
        const was = fleetPicture(stage);
        const ended = await stage.deploy();
        // A function that dies after its effect has answered its token already, if its work was over at the first look.
        const done = ended.outcome === 'Deployed';
        expect(done && how === 'dies before its effect').toBe(false);
        // Nothing was touched yet where the first to touch never ran.
        const first =
          ['dies before its effect', 'is throttled'].includes(how) &&
          ['Suspend', 'LaunchBuilder'].includes(state);
        expect([ended.outcome, ended.end?.left ?? []]).toEqual([
          done ? 'Deployed' : first ? 'Rejected' : 'RolledBack',
          [],
        ]);
        expect(ended.path).toContain(state);
        expect(ended.path.slice(-3)).toEqual(['Unlock', 'Outcome', ended.outcome]);
        await stage.cloud.advance(10 * 60_000);
        expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
        expect(await looseEnds(stage)).toEqual(noLooseEnds);
        expect(refusedByIam(stage)).toEqual([]);
        const versions = new Set(serving(stage).map(({ software }) => software));
        expect(versions).toEqual(new Set([done ? 'v2' : 'v1']));
        if (done) return;
        expect({ ...fleetPicture(stage), templates: [] }).toEqual({ ...was, templates: [] });
        expect(
          (await releasesOf(stage))
            .filter((release) => release.state === 'good')
            .map(({ version }) => version),
        ).toEqual(['v1']);
        expect(await recordOf(stage)).toMatchObject({ outcome: ended.outcome });
        expect(told(stage).at(-1)?.subject).toBe(`Forseti: api v2 ${ended.outcome}`);
      },
      20_000,
    );
  },
);

test('every task of the definition is tried', () => {
  const tasks = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Task');
  expect([...untouching, ...touching, ...compensation].sort()).toEqual(tasks.map(([name]) => name).sort());
});

describe('compensation that fails itself', () => {
  test.each(compensation)(
    '%s always dies: the execution has a named end',
    async (state) => {
      const stage = await raise({
        ...optionsFor('Provision'),
        faults: failing('dies before its effect', 'SwapLaunchTemplate', state),
      });
      const ended = await stage.deploy();
      const named: Record<string, string[]> = {
        Undo: ['RolledBack', 'Dirty'],
        Restore: ['Dirty'],
        CleanUp: ['Dirty'],
        Close: ['Dirty'],
        Unlock: ['RolledBack'],
      };
      expect(named[state]).toContain(ended.outcome);
      expect(ended.end?.outcome).toBe(ended.outcome);
    },
    20_000,
  );

  test('what is left is listed with its mend, and pages', async () => {
    const stage = await raise({
      ...optionsFor('Provision'),
      faults: failing('dies before its effect', 'BakeImage', 'Restore'),
    });
    const ended = await stage.deploy();
    expect(ended.end?.left.length).toBeGreaterThan(0);
    const paged = told(stage).filter(({ topic }) => topic === 'forseti-production-paging');
    expect(paged.map(({ subject }) => subject)).toEqual(['Forseti: api v2 Dirty']);
    expect(paged[0]?.message).toContain('Left:');
  }, 20_000);

  test('the lock that could not be released is taken over by the next deployment, once its owner has ended for a minute', async () => {
    const stage = await raise({
      ...optionsFor('Provision'),
      faults: failing('dies before its effect', 'BakeImage', 'Unlock'),
    });
    await stage.deploy(undefined, 'first');
    stage.cloud.faults = {};
    const soon = await stage.deploy(undefined, 'second');
    expect(soon.end?.error).toBe('DeploymentInProgress');
    await stage.cloud.advance(60_000);
    expect((await stage.deploy(undefined, 'third')).outcome).toBe('Deployed');
  }, 20_000);
});

test('two deployments of one fleet: the second is rejected, and says who is at work', async () => {
  const stage = await raise();
  const first = await stage.start({ application: 'api', version: 'v2' }, 'first');
  await stage.cloud.advance(30_000);
  const second = await stage.deploy({ application: 'api', version: 'v3' }, 'second');
  expect(second.outcome).toBe('Rejected');
  expect(second.end).toMatchObject({ error: 'DeploymentInProgress' });
  expect(second.end?.message).toMatch(/locked by first since/);
  expect((await stage.ended(first)).outcome).toBe('Deployed');
});
