import { ask, minuteMs, ring, rollbacks, software } from './support/acts';
import { changesOfFleet, refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf, told } from './support/snapshot';
import { startTestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

// The cloud begins on Sunday, 22 November 2026, at 08:00 UTC.
const weekend = { freeze: { timeZone: 'Europe/Rome', windows: [{ from: 'sat 00:00', to: 'sun 10:00' }] } };
const golden = {
  strategy: 'golden-instance',
  rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
  rollback: { alarms: ['api-5xx'] },
};
const stageWith = (settings: object = {}, alarm: object = {}): TestStackOptions => ({
  settings: { ...golden, ...settings },
  cloud: { alarms: { 'api-5xx': alarm } },
});

describe('A freeze refuses deployments, and says until when and what can be done', () => {
  test('A window of the settings refuses deployments until it ends', async () => {
    const stack = await startTestStack(stageWith(weekend));
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'PreflightFailed']);
    expect(ended.end?.problems).toHaveLength(1);
    expect(ended.end?.problems[0]).toMatch(
      /frozen by the window .*Europe\/Rome.* until 2026-11-22T09:00Z.*forseti deploy api v2 --despite-freeze REASON/,
    );
    expect(changesOfFleet(stack)).toEqual([]);
    // After the freeze, the same request succeeds.
    await stack.cloud.advance(70 * minuteMs);
    expect((await stack.deploy(undefined, 'thawed')).outcome).toBe('Deployed');
    expect(refusedByIam(stack)).toEqual([]);
  });

  test.each(['api', '*'])('A freeze of %s by hand refuses deployments until it is lifted', async (freeze) => {
    const stack = await startTestStack(stageWith());
    const until = stack.cloud.now() + 60 * minuteMs;
    expect(await ask(stack, 'Freeze', { freeze, reason: 'on-sale day', by: 'ada', until })).toMatchObject({
      done: true,
    });
    const ended = await stack.deploy();
    expect(ended.outcome).toBe('Rejected');
    expect(ended.end?.problems[0]).toMatch(/frozen by ada since .* until 2026-11-22T09:00.*: "on-sale day"/);
    expect(ended.end?.problems[0]).toContain(`forseti unfreeze ${freeze === '*' ? '--all' : 'api'}`);
    expect(changesOfFleet(stack)).toEqual([]);
    expect(await ask(stack, 'Freeze', { unfreeze: freeze, by: 'bob' })).toMatchObject({ done: true });
    expect((await stack.deploy(undefined, 'thawed')).outcome).toBe('Deployed');
    expect(told(stack).map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/are frozen/),
        expect.stringMatching(/no longer frozen/),
      ]),
    );
  });
});

test("A freeze never refuses a rollback, neither a person's nor an alarm's", async () => {
  const stack = await startTestStack(stageWith());
  for (const version of ['v2', 'v3'])
    expect((await stack.deploy({ application: 'api', version }, `to-${version}`)).outcome).toBe('Deployed');
  await ask(stack, 'Freeze', { freeze: '*', reason: 'on-sale day', by: 'ada' });
  await ring(stack);
  await stack.cloud.advance(15_000);
  const [arn] = await rollbacks(stack);
  expect((await stack.ended(arn ?? '')).outcome).toBe('RolledBack');
  expect(software(stack)).toEqual(['v2']);
  expect((await stack.rollBack({ application: 'api', version: 'v1' })).outcome).toBe('RolledBack');
  expect(software(stack)).toEqual(['v1']);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

describe('A deployment in spite of a freeze or of alarms', () => {
  test('A deployment with a reason passes a freeze; the reason is recorded and reported', async () => {
    const stack = await startTestStack(stageWith(weekend));
    const input = { application: 'api', version: 'v2', despiteFreeze: 'tickets cannot be paid' };
    expect((await stack.deploy(input)).outcome).toBe('Deployed');
    expect((await recordOf(stack))?.despiteFreeze).toBe('tickets cannot be paid');
    expect(told(stack)[0]?.message).toContain('In spite of a freeze: tickets cannot be paid');
  });

  test.each([
    ['golden-instance', 'instance-refresh'],
    ['golden-instance', 'surge'],
  ])(
    'A deployment with a reason passes alarms that are in ALARM already, and is not undone for them (%s, %s)',
    async (strategy, rollout) => {
      const options = stageWith(
        { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } },
        { state: 'ALARM' },
      );
      const stack = await startTestStack(options);
      expect((await stack.deploy()).end?.problems[0]).toMatch(/--despite-alarms REASON/);
      const input = { application: 'api', version: 'v2', despiteAlarms: 'v2 mends them' };
      const ended = await stack.deploy(input, 'despite');
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      expect(await recordOf(stack, 'despite')).toMatchObject({
        despiteAlarms: 'v2 mends them',
        muted: ['api-5xx'],
      });
      expect(software(stack)).toEqual(['v2']);
    },
  );

  test('An alarm that goes to OK and into ALARM anew is about the new version, and halts the deployment', async () => {
    const stack = await startTestStack(stageWith({}, { state: 'ALARM' }));
    const arn = await stack.start({ application: 'api', version: 'v2', despiteAlarms: 'v2 mends them' });
    await stack.cloud.advance(10 * minuteMs);
    await ring(stack, { value: 'OK' });
    await ring(stack);
    const ended = await stack.ended(arn);
    expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'Halted']);
    expect(software(stack)).toEqual(['v1']);
  });
});
