import { createHash } from 'node:crypto';
import { ask, minuteMs, software, untilState } from './support/acts';
import { told, looseEnds, noLooseEnds, recordOf, releasesOf } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

/** The deployment takes a quarter of an hour. */
const stageWith = async (concurrency?: string, seed = 1) =>
  startTestStack({
    seed,
    settings: {
      strategy: 'golden-instance',
      rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
      ...(concurrency !== undefined && { concurrency }),
      tags: { pattern: '^v' },
    },
  });
const start = (stack: TestStack, version: string) =>
  stack.start({ application: 'api', version }, `to-${version}`);
/** Seconds apart: of two in the same instant, the order of their Accept states is random. */
const push = async (stack: TestStack, version: string) => {
  const arn = await start(stack, version);
  await stack.cloud.advance(2_000);
  return arn;
};
const outcomes = async (stack: TestStack, ...versions: string[]) =>
  Promise.all(versions.map(async (version) => (await recordOf(stack, `to-${version}`))?.outcome));
const settles = async (stack: TestStack) => {
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

describe('A request for a fleet that is being deployed to', () => {
  test('With concurrency reject one request deploys, and the other is refused and names it', async () => {
    const stack = await stageWith('reject');
    const [first, second] = [await push(stack, 'v2'), await push(stack, 'v3')];
    const refused = await stack.ended(second);
    expect([refused.outcome, refused.end?.error]).toEqual(['Rejected', 'DeploymentInProgress']);
    expect(refused.end?.message).toMatch(/locked by to-v2 since .* Wait for its end, then start again/);
    expect((await stack.ended(first)).outcome).toBe('Deployed');
    expect(await outcomes(stack, 'v2', 'v3')).toEqual(['Deployed', 'Rejected']);
    await settles(stack);
  });

  test('With concurrency queue-latest the other request waits, and deploys within seconds of the end of the first', async () => {
    const stack = await stageWith('queue-latest');
    const [first, second] = [await push(stack, 'v2'), await push(stack, 'v3')];
    expect((await stack.ended(first)).outcome).toBe('Deployed');
    const freeAt = stack.cloud.now();
    await untilState(stack, 'Preflight');
    expect(stack.cloud.now() - freeAt).toBeLessThan(5_000);
    const ended = await stack.ended(second);
    expect(ended.outcome).toBe('Deployed');
    expect(ended.path.slice(0, 4)).toEqual(['Accept', 'Lock', 'Queue', 'Preflight']);
    expect(software(stack)).toEqual(['v3']);
    await settles(stack);
  });

  test('A third request takes the place of the one that waits, which ends as Superseded by its name', async () => {
    const stack = await stageWith('queue-latest');
    const [first, second] = [await push(stack, 'v2'), await push(stack, 'v3')];
    await stack.cloud.advance(minuteMs);
    const third = await push(stack, 'v4');
    const overtaken = await stack.ended(second);
    expect([overtaken.outcome, overtaken.end?.error]).toEqual(['Superseded', 'Superseded']);
    expect(overtaken.end?.message).toMatch(/newer request came \(to-v4, which was asked for later: 2026/);
    expect(stack.cloud.now()).toBeLessThan(((await recordOf(stack, 'to-v4'))?.acceptedAt ?? 0) + 10_000);
    expect((await stack.ended(first)).outcome).toBe('Deployed');
    expect((await stack.ended(third)).outcome).toBe('Deployed');
    expect(await outcomes(stack, 'v2', 'v3', 'v4')).toEqual(['Deployed', 'Superseded', 'Deployed']);
    expect(software(stack)).toEqual(['v4']);
    await settles(stack);
  });

  test('If the first deployment fails, the request that waits is deployed all the same', async () => {
    const stack = await stageWith('queue-latest');
    const [first, second] = [await push(stack, 'v2'), await push(stack, 'v3')];
    await untilState(stack, 'BakeImage');
    await ask(stack, 'HaltDeployment', { application: 'api', reason: 'wrong tag', by: 'ada' });
    expect((await stack.ended(first)).outcome).toBe('RolledBack');
    expect((await stack.ended(second)).outcome).toBe('Deployed');
    await settles(stack);
  });
});

test.each([
  ['reject', ['Deployed', 'Rejected']],
  ['queue-latest', ['Deployed', 'Deployed', 'Superseded']],
])(
  'Of tags pushed at once, with %s, each has a request and a record, and the newest is what runs',
  async (concurrency, all) => {
    const stack = await stageWith(concurrency);
    const tags = concurrency === 'reject' ? ['v2', 'v3'] : ['v2', 'v3', 'v4'];
    // EventBridge delivers each event twice.
    stack.cloud.faults = { event: (_, { source }) => (source === 'forseti.ci' ? [0, 2_000] : undefined) };
    for (const [index, tag] of tags.entries()) {
      stack.region.publish({
        source: 'forseti.ci',
        detailType: 'Git Tag Pushed',
        detail: { repository: 'acme/api', tag, commit: String(index).repeat(40) },
      });
      await stack.cloud.advance(2_000);
    }
    await stack.cloud.advance(60 * minuteMs);
    const arns = await stack.executionArns();
    const ends = await Promise.all(arns.map((arn) => stack.ended(arn)));
    expect(ends.map(({ outcome }) => outcome).sort()).toEqual(all);
    expect(software(stack)).toEqual([concurrency === 'reject' ? 'v2' : 'v4']);
    const records = await Promise.all(
      arns.map((arn) => recordOf(stack, arn.slice(arn.lastIndexOf(':') + 1))),
    );
    expect(records.map((record) => record?.outcome).sort()).toEqual(all);
    await settles(stack);
  },
);

/** As GitHub and EventBridge give it, in whole seconds. */
const second = (at: number) => Math.floor(at / 1000) * 1000;

const pushTag = (stack: TestStack, tag: string, receivedAt?: number) => {
  stack.region.publish({
    source: 'forseti.ci',
    detailType: 'Git Tag Pushed',
    detail: {
      repository: 'acme/api',
      tag,
      commit: createHash('sha1').update(tag).digest('hex'),
      ...(receivedAt !== undefined && { receivedAt: new Date(receivedAt).toISOString() }),
    },
  });
};

describe('A tag that is pushed while a deployment runs, where the settings say nothing of it', () => {
  test('The tag waits and is deployed afterwards, and who pushed it is told that it waits', async () => {
    const stack = await stageWith();
    await push(stack, 'v2');
    await stack.cloud.advance(minuteMs);
    const before = told(stack).length;
    pushTag(stack, 'v3');
    await stack.cloud.advance(minuteMs);
    const messages = told(stack).slice(before);
    expect(messages.map(({ subject }) => subject)).toEqual([
      'Forseti: deploying api v3',
      'Forseti: api v3 waits for its turn',
    ]);
    expect(messages[1]?.message).toMatch(/worked on by to-v2; api v3 starts by itself/);
    await stack.cloud.advance(60 * minuteMs);
    expect(software(stack)).toEqual(['v3']);
    expect(told(stack).filter(({ subject }) => subject.includes('waits'))).toHaveLength(1);
    await settles(stack);
  });

  test('A request that a person types is refused, unless it is to wait', async () => {
    const stack = await stageWith();
    await push(stack, 'v2');
    const refused = await stack.ended(await push(stack, 'v3'));
    expect([refused.outcome, refused.end?.error]).toEqual(['Rejected', 'DeploymentInProgress']);
    const input = { application: 'api', version: 'v4', concurrency: 'queue-latest' };
    expect((await stack.deploy(input, 'to-v4')).outcome).toBe('Deployed');
    expect(software(stack)).toEqual(['v4']);
  });
});

describe('Of tags that were pushed within one second', () => {
  test.each([1, 2, 3, 4, 5])(
    'The higher version is what runs, whichever arrives first, and the other is told so (run %i)',
    async (seed) => {
      const stack = await stageWith('queue-latest', seed);
      await push(stack, 'v1');
      await stack.cloud.advance(second(stack.cloud.now()) + 60_000 - stack.cloud.now());
      for (const tag of ['v1.9.0', 'v1.10.0', 'v1.2.0']) pushTag(stack, tag);
      await stack.cloud.advance(60 * minuteMs);
      expect(software(stack)).toEqual(['v1.10.0']);
      const ends = await Promise.all((await stack.executionArns()).map((arn) => stack.ended(arn)));
      const overtaken = ends.filter(({ outcome }) => outcome === 'Superseded');
      expect(overtaken).toHaveLength(2);
      for (const { end } of overtaken)
        expect(end?.message).toMatch(/, the higher version of two that were pushed in the same second/);
    },
  );

  test('The later arrival is what runs, where no version tells, whichever is taken first', async () => {
    const stack = await stageWith('queue-latest');
    await push(stack, 'v1');
    await stack.cloud.advance(second(stack.cloud.now()) + 60_000 - stack.cloud.now());
    const at = stack.cloud.now();
    pushTag(stack, 'v-later', at + 700);
    pushTag(stack, 'v-sooner', at + 100);
    await stack.cloud.advance(60 * minuteMs);
    expect(software(stack)).toEqual(['v-later']);
  });
});

test('If the newer of two requests gets the lock first, the older one does not deploy after it', async () => {
  const stack = await stageWith('queue-latest');
  let delayed = false;
  // The older one's function starts seconds late.
  stack.cloud.faults = {
    invocation: ({ functionName, event }) => {
      const late = functionName.endsWith('-Lock') && !delayed && JSON.stringify(event).includes('to-v2');
      if (late) delayed = true;
      return late ? 'before' : undefined;
    },
  };
  const [older, newer] = [await start(stack, 'v2'), await start(stack, 'v3')];
  expect((await stack.ended(newer)).outcome).toBe('Deployed');
  const ended = await stack.ended(older);
  expect([ended.outcome, ended.end?.message]).toEqual([
    'Superseded',
    expect.stringMatching(/a newer request got it \(to-v3, which arrived later in the same second\)/),
  ]);
  expect(software(stack)).toEqual(['v3']);
});

describe('A request that waited before a rollback', () => {
  /** v2 is out, v3 is being deployed and v4 waits when a person rolls back. */
  const held = async () => {
    const stack = await stageWith('queue-latest');
    expect((await stack.deploy({ application: 'api', version: 'v2' }, 'to-v2')).outcome).toBe('Deployed');
    await push(stack, 'v3');
    await stack.cloud.advance(10_000);
    const waiting = await push(stack, 'v4');
    await stack.cloud.advance(2 * minuteMs);
    // An approval from before the rollback does not count after it.
    await ask(stack, 'Approve', { deployment: 'to-v4', by: 'bob' });
    expect((await stack.rollBack()).outcome).toBe('RolledBack');
    await stack.cloud.advance(10 * minuteMs);
    expect((await recordOf(stack, 'to-v4'))?.closedAt).toBeUndefined();
    expect(software(stack)).toEqual(['v2']);
    return { stack, waiting };
  };

  test('The request is held until it is approved; only its start is approved', async () => {
    const { stack, waiting } = await held();
    const answer = await ask(stack, 'Approve', { deployment: 'to-v4', by: 'ada' });
    expect(answer).toMatchObject({ done: true, message: 'to-v4 is approved and goes on.' });
    expect((await stack.ended(waiting)).outcome).toBe('Deployed');
    const record = await recordOf(stack, 'to-v4');
    expect([record?.startApproval?.by, record?.approval]).toEqual(['ada', undefined]);
    expect(software(stack)).toEqual(['v4']);
    await settles(stack);
  });

  test('A newer request overtakes the held one, so that the held one cannot undo it later', async () => {
    const { stack, waiting } = await held();
    const newer = await stack.deploy({ application: 'api', version: 'v5' }, 'to-v5');
    expect(newer.outcome).toBe('Deployed');
    const ended = await stack.ended(waiting);
    expect([ended.outcome, ended.end?.message]).toEqual([
      'Superseded',
      expect.stringMatching(/when a newer request got it \(to-v5, which was asked for later: 2026/),
    ]);
    expect(software(stack)).toEqual(['v5']);
    expect((await releasesOf(stack))[0]).toMatchObject({ version: 'v5', state: 'good' });
    await settles(stack);
  });

  test('The request is held for a day at most, and is then refused with a record', async () => {
    const { stack, waiting } = await held();
    await stack.cloud.advance(25 * 60 * minuteMs);
    const ended = await stack.ended(waiting);
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'States.Timeout']);
    expect((await recordOf(stack, 'to-v4'))?.outcome).toBe('Rejected');
    await settles(stack);
  });
});
