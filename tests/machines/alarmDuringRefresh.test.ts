import { judged, minuteMs, refreshCalls, ring, rollbacks, software } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, releasesOf } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

/** AWS itself watches the alarm while a refresh of the rollout runs. Before and after it, only Forseti acts. */
const options: TestStackOptions = {
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
    rollback: { alarms: ['api-5xx'] },
  },
  cloud: { alarms: { 'api-5xx': {} } },
};

const rollout = (stack: TestStack) => stack.region.service('autoscaling').state.refreshes.api?.at(0);

/** Epoch ms of an undisturbed deployment's refresh: when it was requested, began to bake, and was over. */
const times = async () => {
  const stack = await startTestStack(options);
  const arn = await stack.start({ application: 'api', version: 'v2' });
  let baking = 0;
  await stack.cloud.runUntil(() => {
    if (baking === 0 && rollout(stack)?.status === 'Baking') baking = stack.cloud.now();
    return rollout(stack)?.status === 'Successful';
  });
  const over = stack.cloud.now();
  expect((await stack.ended(arn)).outcome).toBe('Deployed');
  const started = stack.cloud.calls.list.find(({ action }) => action === 'StartInstanceRefresh')?.at ?? 0;
  return { started, baking, over };
};

describe.each<[keyof Awaited<ReturnType<typeof times>>, readonly number[]]>([
  // An alarm's event takes half a second, and the judgement's cold start another half.
  ['started', [-1_200, -900, 60, 20_000]],
  ['baking', [minuteMs]],
  ['over', [-60, 60, 1_000]],
])('An alarm around the time at which the refresh is %s', (phase, offsets) => {
  test.each(offsets)('Either AWS or Forseti rolls back, never both: an alarm at %d ms', async (offset) => {
    const at = (await known)[phase] + offset;
    const stack = await startTestStack(options);
    const arn = await stack.start({ application: 'api', version: 'v2' });
    await stack.cloud.advance(at - stack.cloud.now());
    await ring(stack);
    const ended = await stack.ended(arn);
    await stack.cloud.advance(10 * minuteMs);
    for (const rollback of await rollbacks(stack)) await stack.ended(rollback);

    const [item] = await judged(stack);
    acts[phase].add(item?.act ?? 'nothing');
    const byAws = /CloudWatch alarm/.test(JSON.stringify(rollout(stack) ?? {}));
    const byUs = refreshCalls(stack).filter((call) => call !== 'Rollout StartInstanceRefresh');
    expect({ ended: ended.outcome, act: item?.act, byAws, byUs }).toMatchObject(
      byAws ? { ended: 'RolledBack', byUs: [] } : { byAws: false },
    );
    // A successful deployment is rolled back afterwards; any other undoes itself.
    expect(await rollbacks(stack)).toHaveLength(ended.outcome === 'Deployed' ? 1 : 0);
    expect(software(stack)).toEqual(['v1']);
    const releases = Object.fromEntries(
      (await releasesOf(stack)).map(({ version, state }) => [version, state]),
    );
    expect(releases.v1).toBe('good');
    expect(releases.v2).not.toBe('good');
    expect(refusedByIam(stack)).toEqual([]);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  });
});

const acts = { started: new Set<string>(), baking: new Set<string>(), over: new Set<string>() };

test('Each way an alarm during a refresh can go was taken', () => {
  expect(Object.fromEntries(Object.entries(acts).map(([phase, of]) => [phase, [...of].sort()]))).toEqual({
    started: ['aws acts', 'halt'],
    baking: ['aws acts'],
    over: ['aws acts', 'halt', 'roll back'],
  });
});

let known: ReturnType<typeof times>;
beforeAll(() => {
  known = times();
  return known;
});
