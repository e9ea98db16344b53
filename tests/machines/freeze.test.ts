import { ask, minuteMs, ring, rollbacks, software } from './support/acts';
import { changesOfFleet, refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf, told } from './support/picture';
import { raise, type StageOptions } from './support/stage';

jest.setTimeout(60_000);

// The cloud begins on Sunday, 22 November 2026, at 08:00 UTC.
const weekend = { freeze: { timeZone: 'Europe/Rome', windows: [{ from: 'sat 00:00', to: 'sun 10:00' }] } };
const golden = {
  strategy: 'golden-instance',
  rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
  rollback: { alarms: ['api-5xx'] },
};
const stageWith = (settings: object = {}, alarm: object = {}): StageOptions => ({
  settings: { ...golden, ...settings },
  cloud: { alarms: { 'api-5xx': alarm } },
});

describe('a freeze refuses deployments, and says until when and what can be done', () => {
  test('by a window of the settings', async () => {
    const stage = await raise(stageWith(weekend));
    const ended = await stage.deploy();
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'PreflightFailed']);
    expect(ended.end?.problems).toHaveLength(1);
    expect(ended.end?.problems[0]).toMatch(
      /frozen by the window .*Europe\/Rome.* until 2026-11-22T09:00Z.*forseti deploy api v2 --despite-freeze REASON/,
    );
    expect(changesOfFleet(stage)).toEqual([]);
    // When it is over, the same request goes through.
    await stage.cloud.advance(70 * minuteMs);
    expect((await stage.deploy(undefined, 'thawed')).outcome).toBe('Deployed');
    expect(refusedByIam(stage)).toEqual([]);
  });

  test.each(['api', '*'])('by hand, of %s, until it is lifted', async (freeze) => {
    const stage = await raise(stageWith());
    const until = stage.cloud.now() + 60 * minuteMs;
    expect(await ask(stage, 'Freeze', { freeze, reason: 'on-sale day', by: 'ada', until })).toMatchObject({
      done: true,
    });
    const ended = await stage.deploy();
    expect(ended.outcome).toBe('Rejected');
    expect(ended.end?.problems[0]).toMatch(/frozen by ada since .* until 2026-11-22T09:00.*: "on-sale day"/);
    expect(ended.end?.problems[0]).toContain(`forseti unfreeze ${freeze === '*' ? '--all' : 'api'}`);
    expect(changesOfFleet(stage)).toEqual([]);
    expect(await ask(stage, 'Freeze', { unfreeze: freeze, by: 'bob' })).toMatchObject({ done: true });
    expect((await stage.deploy(undefined, 'thawed')).outcome).toBe('Deployed');
    expect(told(stage).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/are frozen/),
        expect.stringMatching(/no longer frozen/),
      ]),
    );
  });
});

test('a rollback is never refused, neither a person’s nor an alarm’s', async () => {
  const stage = await raise(stageWith());
  for (const version of ['v2', 'v3'])
    expect((await stage.deploy({ application: 'api', version }, `to-${version}`)).outcome).toBe('Deployed');
  await ask(stage, 'Freeze', { freeze: '*', reason: 'on-sale day', by: 'ada' });
  await ring(stage);
  await stage.cloud.advance(15_000);
  const [arn] = await rollbacks(stage);
  expect((await stage.ended(arn ?? '')).outcome).toBe('RolledBack');
  expect(software(stage)).toEqual(['v2']);
  expect((await stage.rollBack({ application: 'api', version: 'v1' })).outcome).toBe('RolledBack');
  expect(software(stage)).toEqual(['v1']);
  await stage.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stage)).toEqual(noLooseEnds);
});

describe('in spite of it', () => {
  test('a deployment with a reason passes a freeze, and the reason is recorded and told', async () => {
    const stage = await raise(stageWith(weekend));
    const input = { application: 'api', version: 'v2', despiteFreeze: 'tickets cannot be paid' };
    expect((await stage.deploy(input)).outcome).toBe('Deployed');
    expect((await recordOf(stage))?.despiteFreeze).toBe('tickets cannot be paid');
    expect(told(stage)[0]?.message).toContain('In spite of a freeze: tickets cannot be paid');
  });

  test.each([
    ['golden-instance', 'instance-refresh'],
    ['golden-instance', 'surge'],
  ])(
    'a deployment with a reason passes alarms that ring already, and is not undone for them (%s, %s)',
    async (strategy, rollout) => {
      const options = stageWith(
        { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } },
        { state: 'ALARM' },
      );
      const stage = await raise(options);
      expect((await stage.deploy()).end?.problems[0]).toMatch(/--despite-alarms REASON/);
      const input = { application: 'api', version: 'v2', despiteAlarms: 'v2 mends them' };
      const ended = await stage.deploy(input, 'despite');
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      expect(await recordOf(stage, 'despite')).toMatchObject({
        despiteAlarms: 'v2 mends them',
        muted: ['api-5xx'],
      });
      expect(software(stage)).toEqual(['v2']);
    },
  );

  test('one that falls silent and rings anew is about the new version: it is halted', async () => {
    const stage = await raise(stageWith({}, { state: 'ALARM' }));
    const arn = await stage.start({ application: 'api', version: 'v2', despiteAlarms: 'v2 mends them' });
    await stage.cloud.advance(10 * minuteMs);
    await ring(stage, { value: 'OK' });
    await ring(stage);
    const ended = await stage.ended(arn);
    expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'Halted']);
    expect(software(stage)).toEqual(['v1']);
  });
});
