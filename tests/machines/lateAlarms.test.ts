import { findQueue, switchMappings } from '../../cli/queues';
import { judged, minuteMs, ring, rollbacks, software } from './support/acts';
import { releasesOf } from './support/picture';
import { rested } from './support/rested';
import type { Stage } from './support/stage';

jest.setTimeout(60_000);
const dayMs = 24 * 60 * minuteMs;

const deployed = () =>
  rested(
    {
      settings: {
        strategy: 'golden-instance',
        rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
        // The longest watch time: nothing but its age speaks against an alarm of yesterday.
        rollback: { alarms: ['api-5xx'], windowMinutes: 10_080 },
      },
      cloud: { alarms: { 'api-5xx': {} } },
    },
    'v2',
  );

/** What comes meanwhile waits so long, and is taken then. */
const paused = async (stage: Stage, forMs: number, meanwhile: () => Promise<void> | void) => {
  const { arn } = await findQueue(stage.session, 'alarms');
  await switchMappings(stage.session, arn, false);
  await meanwhile();
  await stage.cloud.advance(forMs);
  await switchMappings(stage.session, arn, true);
  await stage.cloud.advance(60 * minuteMs);
};

test('an alarm that waited for more than a day leads to a record that says so, and to nothing else', async () => {
  const stage = await deployed();
  await paused(stage, dayMs + 60 * minuteMs, () => ring(stage));
  expect((await judged(stage)).map(({ act, why }) => [act, why])).toEqual([
    ['none', expect.stringMatching(/^It rang at \S+Z, more than a day before it was taken/)],
  ]);
  expect(await rollbacks(stage)).toEqual([]);
  expect(software(stage)).toEqual(['v2']);
  expect((await releasesOf(stage)).map(({ state }) => state)).toEqual(['good', 'good']);
});

test('a rollback that somebody asked for waits for days, and is done', async () => {
  const stage = await deployed();
  await paused(stage, 2 * dayMs, () =>
    stage.region.publish({
      source: 'forseti.ci',
      detailType: 'Rollback Requested',
      detail: { application: 'api', reason: 'the tickets are wrong', requestedBy: 'ada' },
    }),
  );
  expect(await rollbacks(stage)).toHaveLength(1);
  expect((await stage.ended((await rollbacks(stage))[0] ?? '')).outcome).toBe('RolledBack');
  expect(software(stage)).toEqual(['v1']);
});
