import { ask, minuteMs, software, untilState } from './support/acts';
import { looseEnds, noLooseEnds, recordOf, releasesOf } from './support/picture';
import { raise, type Stage } from './support/stage';

jest.setTimeout(60_000);

/** The deployment takes a quarter of an hour. */
const stageWith = async (concurrency: string) =>
  raise({
    settings: {
      strategy: 'golden-instance',
      rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
      concurrency,
    },
  });
const start = (stage: Stage, version: string) =>
  stage.start({ application: 'api', version }, `to-${version}`);
/** Seconds apart: whose Accept is first of two in one instant, is chance. */
const push = async (stage: Stage, version: string) => {
  const arn = await start(stage, version);
  await stage.cloud.advance(2_000);
  return arn;
};
const outcomes = async (stage: Stage, ...versions: string[]) =>
  Promise.all(versions.map(async (version) => (await recordOf(stage, `to-${version}`))?.outcome));
const settles = async (stage: Stage) => {
  await stage.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stage)).toEqual(noLooseEnds);
};

describe('a request for a fleet that is being deployed to', () => {
  test('concurrency reject: one deploys, the other is refused and says by whom', async () => {
    const stage = await stageWith('reject');
    const [first, second] = [await push(stage, 'v2'), await push(stage, 'v3')];
    const refused = await stage.ended(second);
    expect([refused.outcome, refused.end?.error]).toEqual(['Rejected', 'DeploymentInProgress']);
    expect(refused.end?.message).toMatch(/locked by to-v2 since .* Wait for its end, then start again/);
    expect((await stage.ended(first)).outcome).toBe('Deployed');
    expect(await outcomes(stage, 'v2', 'v3')).toEqual(['Deployed', 'Rejected']);
    await settles(stage);
  });

  test('concurrency queue-latest: the other waits, and deploys within seconds of the end of the first', async () => {
    const stage = await stageWith('queue-latest');
    const [first, second] = [await push(stage, 'v2'), await push(stage, 'v3')];
    expect((await stage.ended(first)).outcome).toBe('Deployed');
    const freeAt = stage.cloud.now();
    await untilState(stage, 'Preflight');
    expect(stage.cloud.now() - freeAt).toBeLessThan(5_000);
    const ended = await stage.ended(second);
    expect(ended.outcome).toBe('Deployed');
    expect(ended.path.slice(0, 4)).toEqual(['Accept', 'Lock', 'Queue', 'Preflight']);
    expect(software(stage)).toEqual(['v3']);
    await settles(stage);
  });

  test('a third takes the place of the one that waits, which ends as Superseded by its name', async () => {
    const stage = await stageWith('queue-latest');
    const [first, second] = [await push(stage, 'v2'), await push(stage, 'v3')];
    await stage.cloud.advance(minuteMs);
    const third = await push(stage, 'v4');
    const overtaken = await stage.ended(second);
    expect([overtaken.outcome, overtaken.end?.error]).toEqual(['Superseded', 'Superseded']);
    expect(overtaken.end?.message).toMatch(/newer request came \(to-v4\)/);
    expect(stage.cloud.now()).toBeLessThan(((await recordOf(stage, 'to-v4'))?.acceptedAt ?? 0) + 10_000);
    expect((await stage.ended(first)).outcome).toBe('Deployed');
    expect((await stage.ended(third)).outcome).toBe('Deployed');
    expect(await outcomes(stage, 'v2', 'v3', 'v4')).toEqual(['Deployed', 'Superseded', 'Deployed']);
    expect(software(stage)).toEqual(['v4']);
    await settles(stage);
  });

  test('the first fails: the one that waits is deployed all the same', async () => {
    const stage = await stageWith('queue-latest');
    const [first, second] = [await push(stage, 'v2'), await push(stage, 'v3')];
    await untilState(stage, 'BakeImage');
    await ask(stage, 'HaltDeployment', { application: 'api', reason: 'wrong tag', by: 'ada' });
    expect((await stage.ended(first)).outcome).toBe('RolledBack');
    expect((await stage.ended(second)).outcome).toBe('Deployed');
    await settles(stage);
  });
});

test.each([
  ['reject', ['Deployed', 'Rejected']],
  ['queue-latest', ['Deployed', 'Deployed', 'Superseded']],
])(
  'tags pushed at once, %s: each has a request and a record, and the newest is what runs',
  async (concurrency, all) => {
    const stage = await stageWith(concurrency);
    const tags = concurrency === 'reject' ? ['v2', 'v3'] : ['v2', 'v3', 'v4'];
    // EventBridge tells of each twice.
    stage.cloud.faults = { event: (_, { source }) => (source === 'forseti.ci' ? [0, 2_000] : undefined) };
    for (const [index, tag] of tags.entries()) {
      stage.region.publish({
        source: 'forseti.ci',
        detailType: 'Git Tag Pushed',
        detail: { repository: 'acme/api', tag, commit: String(index).repeat(40) },
      });
      await stage.cloud.advance(2_000);
    }
    await stage.cloud.advance(60 * minuteMs);
    const arns = await stage.executionArns();
    const ends = await Promise.all(arns.map((arn) => stage.ended(arn)));
    expect(ends.map(({ outcome }) => outcome).sort()).toEqual(all);
    expect(software(stage)).toEqual([concurrency === 'reject' ? 'v2' : 'v4']);
    const records = await Promise.all(
      arns.map((arn) => recordOf(stage, arn.slice(arn.lastIndexOf(':') + 1))),
    );
    expect(records.map((record) => record?.outcome).sort()).toEqual(all);
    await settles(stage);
  },
);

test('the newer one of two gets the lock first: the older one does not come after it', async () => {
  const stage = await stageWith('queue-latest');
  let delayed = false;
  // The older one's function starts seconds late.
  stage.cloud.faults = {
    invocation: ({ functionName, event }) => {
      const late = functionName.endsWith('-Lock') && !delayed && JSON.stringify(event).includes('to-v2');
      if (late) delayed = true;
      return late ? 'before' : undefined;
    },
  };
  const [older, newer] = [await start(stage, 'v2'), await start(stage, 'v3')];
  expect((await stage.ended(newer)).outcome).toBe('Deployed');
  const ended = await stage.ended(older);
  expect([ended.outcome, ended.end?.message]).toEqual([
    'Superseded',
    expect.stringMatching(/a newer request got it \(to-v3\)/),
  ]);
  expect(software(stage)).toEqual(['v3']);
});

describe('after a rollback what had waited is held', () => {
  /** v2 is out; v3 is on its way and v4 waits when somebody rolls back. */
  const held = async () => {
    const stage = await stageWith('queue-latest');
    expect((await stage.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
    await push(stage, 'v3');
    await stage.cloud.advance(10_000);
    const waiting = await push(stage, 'v4');
    await stage.cloud.advance(2 * minuteMs);
    // A word from before the rollback does not hold after it.
    await ask(stage, 'Approve', { deployment: 'to-v4', by: 'bob' });
    expect((await stage.rollBack()).outcome).toBe('RolledBack');
    await stage.cloud.advance(10 * minuteMs);
    expect((await recordOf(stage, 'to-v4'))?.closedAt).toBeUndefined();
    expect(software(stage)).toEqual(['v2']);
    return { stage, waiting };
  };

  test('until somebody approves it; its start is all that is approved', async () => {
    const { stage, waiting } = await held();
    const answer = await ask(stage, 'Approve', { deployment: 'to-v4', by: 'ada' });
    expect(answer).toMatchObject({ done: true, message: 'to-v4 is approved and goes on.' });
    expect((await stage.ended(waiting)).outcome).toBe('Deployed');
    const record = await recordOf(stage, 'to-v4');
    expect([record?.startApproval?.by, record?.approval]).toEqual(['ada', undefined]);
    expect(software(stage)).toEqual(['v4']);
    await settles(stage);
  });

  test('and a newer request overtakes it, rather than be undone by it later', async () => {
    const { stage, waiting } = await held();
    const newer = await stage.deploy({ application: 'api', version: 'v5' }, 'to-v5');
    expect(newer.outcome).toBe('Deployed');
    const ended = await stage.ended(waiting);
    expect([ended.outcome, ended.end?.message]).toEqual([
      'Superseded',
      expect.stringMatching(/when a newer request got it \(to-v5\)/),
    ]);
    expect(software(stage)).toEqual(['v5']);
    expect((await releasesOf(stage))[0]).toMatchObject({ version: 'v5', state: 'good' });
    await settles(stage);
  });

  test('a day long at most: then it is refused, with a record', async () => {
    const { stage, waiting } = await held();
    await stage.cloud.advance(25 * 60 * minuteMs);
    const ended = await stage.ended(waiting);
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'States.Timeout']);
    expect((await recordOf(stage, 'to-v4'))?.outcome).toBe('Rejected');
    await settles(stage);
  });
});
