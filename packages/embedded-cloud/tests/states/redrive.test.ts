import { redriveProblem } from '../../src/states/redrive';
import type { Execution } from '../../src/states/state';
import { execution, Failing, invoke, make, park, path, start, type World } from './machines';
import { startAt } from './testRegion';

const dayMs = 86_400_000;

const redrive = (world: World, executionArn: string, more: object = {}) =>
  world.testRegion.call('states', 'RedriveExecution', { executionArn, ...more }) as Promise<{
    redriveDate: Date;
  }>;

const types = (world: World, arn: string) => execution(world.service, arn).history.map(({ type }) => type);

/** Lets ten minutes pass, in which the execution ends. */
const runToItsEnd = async (world: World) => {
  const arn = await start(world);
  await world.testRegion.pass(600_000);
  return arn;
};

/** `Accept`, then `Provision`, which fails while `broken` is set, then `Complete`. */
const makeBreaking = (more: object = {}, options: { TimeoutSeconds?: number } = {}) => {
  const world = make(
    {
      Accept: invoke('accept', { ResultSelector: { 'id.$': '$.Payload.id' }, Next: 'Provision' }),
      Provision: invoke('provision', { ResultPath: null, Next: 'Complete', ...more }),
      Complete: { Type: 'Succeed' },
    },
    options,
  );
  const calls: unknown[] = [];
  const state = { broken: true, calls, accepted: 0 };
  world.testRegion.functions.accept = async () => ({ id: `d-${String((state.accepted += 1))}` });
  world.testRegion.functions.provision = async (event) => {
    calls.push(event);
    if (state.broken) throw new Failing('no');
  };
  return { world, state };
};

describe('A redriven execution', () => {
  test('Goes on from the failed state with its input, repeats nothing before it, and can succeed', async () => {
    const { world, state } = makeBreaking();
    const arn = await runToItsEnd(world);
    state.broken = false;
    const at = world.testRegion.now;
    expect(await redrive(world, arn)).toEqual({ redriveDate: new Date(at) });
    expect(execution(world.service, arn)).toMatchObject({ status: 'RUNNING' });
    await world.testRegion.pass();
    expect(execution(world.service, arn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"id":"d-1"}',
      startedAt: startAt,
    });
    expect(execution(world.service, arn)).not.toHaveProperty('error');
    expect([state.accepted, state.calls]).toEqual([1, [{ id: 'd-1' }, { id: 'd-1' }]]);
    expect(path(world, arn)).toEqual(['Accept', 'Provision', 'Complete']);
    expect(types(world, arn).slice(9)).toEqual([
      'TaskFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  test('Is told of by its description, its context, the list and the bus', async () => {
    const { world, state } = makeBreaking({
      Parameters: { FunctionName: 'provision', Payload: { 'count.$': '$$.Execution.RedriveCount' } },
    });
    world.testRegion.roles['arn:aws:iam::111122223333:role/machine'] = [
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' },
    ];
    const arn = await runToItsEnd(world);
    const describe = () => world.testRegion.call('states', 'DescribeExecution', { executionArn: arn });
    expect(await describe()).toMatchObject({ redriveCount: 0, redriveStatus: 'REDRIVABLE' });
    await redrive(world, arn);
    expect(await describe()).toMatchObject({
      status: 'RUNNING',
      redriveCount: 1,
      redriveDate: new Date(startAt + 600_000),
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is RUNNING and cannot be redriven.',
    });
    await world.testRegion.pass(1000);
    expect(state.calls).toEqual([{ count: 0 }, { count: 1 }]);
    const list = (redriveFilter: string) =>
      world.testRegion.call('states', 'ListExecutions', { stateMachineArn: world.machineArn, redriveFilter });
    expect(await list('REDRIVEN')).toMatchObject({ executions: [{ name: 'api-1', redriveCount: 1 }] });
    expect(await list('NOT_REDRIVEN')).toEqual({ executions: [] });
    const told = world.testRegion.published.map(({ detail }) => detail as Record<string, unknown>);
    expect(told.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
      ['RUNNING', 0],
      ['FAILED', 0],
      ['RUNNING', 1],
      ['FAILED', 1],
    ]);
    expect(told[2]).toMatchObject({ stopDate: null, error: null });
  });

  test('Counts its tries anew', async () => {
    const { world, state } = makeBreaking({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }] });
    const arn = await runToItsEnd(world);
    expect(state.calls).toHaveLength(3);
    await redrive(world, arn);
    await world.testRegion.pass();
    expect(state.calls).toHaveLength(6);
    expect(execution(world.service, arn).status).toBe('FAILED');
  });

  test('Counts its time-outs anew, and the time-out of its first time is void', async () => {
    const world = make({ BakeImage: park({ End: true }) }, { TimeoutSeconds: 300 });
    const arn = await start(world);
    await world.testRegion.pass(200_000);
    await world.testRegion.call('states', 'StopExecution', { executionArn: arn });
    await redrive(world, arn);
    await world.testRegion.pass(250_000);
    expect(execution(world.service, arn).status).toBe('RUNNING');
    await world.testRegion.pass(60_000);
    expect(execution(world.service, arn)).toMatchObject({
      status: 'TIMED_OUT',
      stoppedAt: startAt + 500_000,
    });
  });

  test('Gives a parked task a new token; the old one stays void', async () => {
    const world = make({ BakeImage: park({ End: true }) });
    const arn = await start(world);
    await world.testRegion.pass(1000);
    await world.testRegion.call('states', 'StopExecution', { executionArn: arn });
    await redrive(world, arn);
    await world.testRegion.pass(1000);
    const answer = (index: number) =>
      world.testRegion.call('states', 'SendTaskSuccess', {
        taskToken: world.tokens[index],
        output: '"ami-1"',
      });
    expect(world.tokens).toHaveLength(2);
    await expect(answer(0)).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await answer(1);
    await world.testRegion.pass(1000);
    expect(execution(world.service, arn)).toMatchObject({ status: 'SUCCEEDED', output: '"ami-1"' });
  });

  test.each<[string, object, number, object]>([
    [
      'a Fail state fails again',
      { Type: 'Fail', Error: 'Rejected' },
      1000,
      { status: 'FAILED', error: 'Rejected' },
    ],
    ['a Wait state is waited again', { Type: 'Wait', Seconds: 60, End: true }, 1000, { status: 'SUCCEEDED' }],
    [
      'a Choice without a match fails again',
      { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'First' }] },
      1000,
      { status: 'FAILED', error: 'States.NoChoiceMatched' },
    ],
    ['what it had not entered is entered', { Type: 'Pass', End: true }, 10, { status: 'SUCCEEDED' }],
  ])('%s', async (_what, state, afterMs, expected) => {
    const world = make({ First: state });
    const arn = await start(world);
    await world.testRegion.pass(afterMs);
    await world.testRegion.call('states', 'StopExecution', { executionArn: arn });
    await redrive(world, arn);
    await world.testRegion.pass();
    expect(execution(world.service, arn)).toMatchObject(expected);
    expect(path(world, arn)).toEqual(['First']);
  });

  test('Is saved and restored in the middle like any other', async () => {
    const { world, state } = makeBreaking();
    const arn = await runToItsEnd(world);
    state.broken = false;
    await redrive(world, arn);
    world.service.state = JSON.parse(JSON.stringify(world.service.state)) as typeof world.service.state;
    await world.testRegion.pass();
    expect(execution(world.service, arn).status).toBe('SUCCEEDED');
  });
});

describe('A machine that is replaced', () => {
  test('Leaves what runs, and what is redriven, its former definition and role', async () => {
    const { world, state } = makeBreaking();
    const failed = await runToItsEnd(world);
    const running = await start(world, {}, 'api-2');
    const definition = { StartAt: 'Only', States: { Only: { Type: 'Pass', End: true } } } as const;
    world.service.createStateMachine({ name: 'deploy', roleArn: 'arn:aws:iam::1:role/other', definition });
    state.broken = false;
    await redrive(world, failed);
    const later = await start(world, {}, 'api-3');
    await world.testRegion.pass(10_000);
    expect([failed, running, later].map((arn) => path(world, arn))).toEqual([
      ['Accept', 'Provision', 'Complete'],
      ['Accept', 'Provision', 'Complete'],
      ['Only'],
    ]);
    for (const arn of [failed, running, later])
      expect(execution(world.service, arn).status).toBe('SUCCEEDED');
  });

  test('Leaves what cannot be redriven without it once it is deleted', async () => {
    const { world } = makeBreaking();
    const arn = await runToItsEnd(world);
    Reflect.deleteProperty(world.service.state.machines, world.machineArn);
    await expect(redrive(world, arn)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
  });
});

describe('A redrive', () => {
  test('Answers as the first time to the same client token for 15 minutes', async () => {
    const { world } = makeBreaking();
    const arn = await runToItsEnd(world);
    const first = await redrive(world, arn, { clientToken: 'once' });
    world.testRegion.now += 60_000;
    expect(await redrive(world, arn, { clientToken: 'once' })).toEqual(first);
    expect(execution(world.service, arn).redrives).toHaveLength(1);
    await expect(redrive(world, arn, { clientToken: 'other' })).rejects.toMatchObject({
      code: 'ExecutionNotRedrivable',
    });
    await world.testRegion.pass(dayMs);
    const second = await redrive(world, arn, { clientToken: 'once' });
    expect(second.redriveDate.getTime()).toBeGreaterThan(first.redriveDate.getTime());
  });

  const failed: Execution = {
    arn: 'arn',
    name: 'api-1',
    machineArn: 'machine',
    input: '{}',
    startedAt: startAt,
    stoppedAt: startAt + 1000,
    status: 'FAILED',
    turn: 1,
    transitions: 1,
    history: [],
  };
  const event = { timestamp: startAt, type: 'TaskFailed', id: 1 } as const;

  test.each<[string, Partial<Execution>, number, string | undefined]>([
    ['one that failed', {}, 2000, undefined],
    ['one that timed out', { status: 'TIMED_OUT' }, 2000, undefined],
    ['one that was stopped', { status: 'ABORTED' }, 2000, undefined],
    ['one that runs', { status: 'RUNNING' }, 2000, 'Execution is RUNNING'],
    ['one that succeeded', { status: 'SUCCEEDED' }, 2000, 'Execution is SUCCEEDED'],
    ['one that ended within 14 days', {}, 14 * dayMs, undefined],
    ['one that ended 14 days ago', {}, 14 * dayMs + 1000, 'redrivable period'],
    ['one that began a year ago', { stoppedAt: startAt + 364 * dayMs }, 365 * dayMs, 'max execution time'],
    ['a history with room', { history: Array.from({ length: 24_998 }, () => event) }, 2000, undefined],
    ['a full history', { history: Array.from({ length: 24_999 }, () => event) }, 2000, 'history event limit'],
  ])('Of %s', (_what, change, afterMs, problem) => {
    const found = redriveProblem({ ...failed, ...change }, startAt + afterMs);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  test('Is refused by name, and without the right to do it', async () => {
    const world = make({ Done: { Type: 'Succeed' } });
    const arn = await runToItsEnd(world);
    await expect(redrive(world, arn)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
    await expect(redrive(world, `${arn}-gone`)).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
    const caller = { kind: 'function', arn: 'arn:aws:iam::111122223333:role/none', name: 'f' } as const;
    const denied = world.testRegion.call('states', 'RedriveExecution', { executionArn: arn }, caller);
    await expect(denied).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});
