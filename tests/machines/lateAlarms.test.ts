import { findQueue, mappingsOf } from '../../cli/queries/queues';
import { switchMappings } from '../../cli/actions/switchMappings';
import { judged, minuteMs, ring, rollbacks, software } from './support/acts';
import { releasesOf } from './support/snapshot';
import { rested } from './support/rested';

jest.setTimeout(60_000);
const dayMs = 24 * 60 * minuteMs;

test('After more than a day in the queue, an alarm leads to a record that says so, and a requested rollback is done', async () => {
  const stack = await rested(
    {
      settings: {
        strategy: 'golden-instance',
        rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
        // The longest watch time: only its age speaks against an alarm of yesterday.
        rollback: { alarms: ['api-5xx'], windowMinutes: 10_080 },
      },
      cloud: { alarms: { 'api-5xx': {} } },
    },
    'v2',
  );
  const { arn } = await findQueue(stack.session, 'alarms');
  const turn = async (enabled: boolean) =>
    switchMappings(stack.session, await mappingsOf(stack.session, arn), enabled);
  await turn(false);
  await ring(stack);
  await stack.cloud.advance(dayMs + minuteMs);
  await turn(true);
  await stack.cloud.advance(minuteMs);
  expect((await judged(stack)).map(({ act, why }) => [act, why])).toEqual([
    ['none', expect.stringMatching(/^It rang at \S+Z, more than a day ago/)],
  ]);
  expect(await rollbacks(stack)).toEqual([]);
  expect((await releasesOf(stack)).map(({ state }) => state)).toEqual(['good', 'good']);

  await turn(false);
  stack.region.publish({
    source: 'forseti.ci',
    detailType: 'Rollback Requested',
    detail: { application: 'api', reason: 'the tickets are wrong', requestedBy: 'ada' },
  });
  await stack.cloud.advance(dayMs + minuteMs);
  await turn(true);
  await stack.cloud.advance(minuteMs);
  expect((await stack.ended((await rollbacks(stack))[0] ?? '')).outcome).toBe('RolledBack');
  expect(await rollbacks(stack)).toHaveLength(1);
  expect(software(stack)).toEqual(['v1']);
});
