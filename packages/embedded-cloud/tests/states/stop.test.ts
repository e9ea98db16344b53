import { makeEvents } from '../../src/services/events';
import { execution, Failing, invoke, make, park, path, runToEnd, start, type World } from './machines';
import { settle, startAt } from './testRegion';

const stop = (world: World, executionArn: string) =>
  world.testRegion.call('states', 'StopExecution', { executionArn, error: 'Halted', cause: 'by hand' });

const next = { Type: 'Pass', End: true };

/** States in which an execution is stopped, each with a time at which the execution is in it. */
const states: readonly [name: string, state: object, afterMs: number][] = [
  ['a task between its start and its answer', invoke('hang', { Next: 'Next' }), 1000],
  ['a task that waits for its token', park({ Next: 'Next' }), 1000],
  [
    'a task in the back-off of its retry',
    invoke('broken', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60 }], Next: 'Next' }),
    1000,
  ],
  ['a wait for seconds', { Type: 'Wait', Seconds: 60, Next: 'Next' }, 1000],
  ['a wait for a time', { Type: 'Wait', Timestamp: '2026-11-22T09:00:00Z', Next: 'Next' }, 1000],
  ['a state that it has not entered yet', { Type: 'Pass', Next: 'Next' }, 10],
  ['the transition to the next state', { Type: 'Pass', Next: 'Next' }, 30],
];

describe('An execution that is stopped', () => {
  test.each(states)('In %s starts nothing more, and tells the bus why it ended', async (_name, state, ms) => {
    const world = make({ First: state, Next: next });
    const gone: string[] = [];
    world.testRegion.functions.hang = () => new Promise(() => undefined);
    world.testRegion.functions.broken = async () => {
      gone.push('broken');
      throw new Failing('no');
    };
    const arn = await start(world);
    await world.testRegion.pass(ms);
    const calls = gone.length;
    await stop(world, arn);
    await world.testRegion.pass();
    expect(path(world, arn)).not.toContain('Next');
    expect(gone).toHaveLength(calls);
    expect(execution(world.service, arn)).toMatchObject({
      status: 'ABORTED',
      error: 'Halted',
      cause: 'by hand',
    });
    expect(world.testRegion.published.at(-1)).toMatchObject({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      resources: [arn],
      detail: {
        executionArn: arn,
        stateMachineArn: world.machineArn,
        name: 'api-1',
        status: 'ABORTED',
        startDate: startAt,
        stopDate: startAt + ms,
        input: '{}',
        error: 'Halted',
        cause: 'by hand',
        redriveStatus: 'REDRIVABLE',
      },
    });
    expect(world.testRegion.published).toHaveLength(2);
  });

  test('Does not stop the function that runs for it: its effect lands after the stop, its answer is ignored', async () => {
    const world = make({ Provision: invoke('provision', { Next: 'Next' }), Next: next });
    const effects: string[] = [];
    let release = () => undefined as void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    world.testRegion.functions.provision = async () => {
      await gate;
      effects.push('provisioned');
    };
    const arn = await start(world);
    await world.testRegion.pass(1000);
    await stop(world, arn);
    expect([effects, world.service.quiet()]).toEqual([[], false]);
    release();
    await settle();
    await world.testRegion.pass();
    expect([effects, world.service.quiet()]).toEqual([['provisioned'], true]);
    expect(execution(world.service, arn).status).toBe('ABORTED');
    expect(path(world, arn)).toEqual(['Provision']);
  });

  test.each([
    ['SendTaskSuccess', { output: '1' }],
    ['SendTaskFailure', { error: 'Halted' }],
    ['SendTaskHeartbeat', {}],
  ])('Takes no answer to its token any more by %s', async (action, answer) => {
    const world = make({ BakeImage: park({ Next: 'Next' }), Next: next });
    const arn = await start(world);
    await world.testRegion.pass(1000);
    await stop(world, arn);
    const late = world.testRegion.call('states', action, { taskToken: world.tokens[0], ...answer });
    await expect(late).rejects.toMatchObject({ code: 'TaskTimedOut' });
    expect(execution(world.service, arn).status).toBe('ABORTED');
  });

  test('Stays as it ended when it is stopped once more, or stopped after its end', async () => {
    const world = make({ Done: { Type: 'Succeed' } });
    const { arn, stoppedAt } = await runToEnd(world);
    expect(await stop(world, arn)).toEqual({ stopDate: new Date(stoppedAt ?? 0) });
    expect(execution(world.service, arn).status).toBe('SUCCEEDED');
    expect(world.testRegion.published).toHaveLength(2);
    await expect(stop(world, `${arn}-gone`)).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
  });
});

describe('The event of a status change', () => {
  test('Can be lost, late or doubled like any that the bus delivers', async () => {
    for (const [copies, expected] of [
      [[], 0],
      [[0, 3000], 2],
      [undefined, 1],
    ] as const) {
      const world = make({ BakeImage: park({ End: true }) });
      const events = makeEvents(world.testRegion.region);
      events.createRule({
        name: 'ended',
        enabled: true,
        pattern: { source: ['aws.states'], detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'] } },
        targets: [{ Id: 'mend', Arn: 'arn:aws:lambda:eu-west-1:111122223333:function:mend' }],
      });
      world.testRegion.faults = {
        event: (_region, { detailType }) => (detailType.startsWith('Step Functions') ? copies : undefined),
      };
      const arn = await start(world);
      await stop(world, arn);
      for (const event of world.testRegion.published) events.put(event);
      expect(world.testRegion.entries.filter(({ service }) => service === 'events')).toHaveLength(expected);
    }
  });
});

describe('The list of executions', () => {
  test('Has the newest first, by status where one is given', async () => {
    const world = make({ BakeImage: park({ End: true }) });
    for (const name of ['a', 'b', 'c', 'd']) {
      await start(world, {}, name);
      await world.testRegion.pass(1000);
    }
    const arn = (name: string) => world.machineArn.replace(':stateMachine:', ':execution:') + `:${name}`;
    await stop(world, arn('a'));
    await stop(world, arn('c'));
    const list = async (request: object) => {
      const { executions } = (await world.testRegion.call('states', 'ListExecutions', {
        stateMachineArn: world.machineArn,
        ...request,
      })) as { executions: { name: string }[] };
      return executions.map(({ name }) => name).join('');
    };
    expect(await list({})).toBe('dcba');
    expect(await list({ statusFilter: 'ABORTED' })).toBe('ca');
    expect(await list({ statusFilter: 'RUNNING' })).toBe('db');
    expect(await list({ statusFilter: 'PENDING_REDRIVE' })).toBe('');
    await expect(list({ statusFilter: 'STOPPED' })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

describe('A Wait state', () => {
  test.each<[string, object, unknown, number]>([
    ['seconds', { Seconds: 90 }, {}, 90_000],
    ['the seconds at a path', { SecondsPath: '$.bake.seconds' }, { bake: { seconds: 600 } }, 600_000],
    [
      'the seconds at a path of what InputPath leaves',
      { InputPath: '$.bake', SecondsPath: '$.seconds' },
      { bake: { seconds: 5 } },
      5000,
    ],
    ['no time at all', { SecondsPath: '$.s' }, { s: 0 }, 0],
    ['a time', { Timestamp: '2026-11-22T08:01:00Z' }, {}, 59_975],
    ['the time at a path', { TimestampPath: '$.until' }, { until: '2026-11-22T09:05:00+01:00' }, 299_975],
    ['a time that has passed', { TimestampPath: '$.until' }, { until: '2026-11-21T00:00:00Z' }, 0],
  ])('Waits for %s', async (_what, fields, input, waitMs) => {
    const world = make({ Bake: { Type: 'Wait', ...fields, End: true } });
    const { status, stoppedAt } = await runToEnd(world, input);
    expect([status, (stoppedAt ?? 0) - startAt]).toEqual(['SUCCEEDED', 25 + waitMs]);
  });

  test('Passes on what InputPath and OutputPath leave of its input', async () => {
    const world = make({
      Bake: { Type: 'Wait', Seconds: 1, InputPath: '$.kept', OutputPath: '$.id', End: true },
    });
    expect((await runToEnd(world, { kept: { id: 'd-1' } })).output).toBe('"d-1"');
  });

  test.each<[string, object, unknown]>([
    ['seconds below zero', { SecondsPath: '$.s' }, { s: -1 }],
    ['half seconds', { SecondsPath: '$.s' }, { s: 0.5 }],
    ['seconds as text', { SecondsPath: '$.s' }, { s: '60' }],
    ['more than 99,999,999 seconds', { SecondsPath: '$.s' }, { s: 100_000_000 }],
    ['no seconds', { SecondsPath: '$.s' }, {}],
    ['a date without a time', { TimestampPath: '$.t' }, { t: '2026-11-22' }],
  ])('Fails with States.Runtime on %s', async (_what, fields, input) => {
    const world = make({ Bake: { Type: 'Wait', ...fields, End: true } });
    expect(await runToEnd(world, input)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });
});
