import { person, startAt } from './testRegion';
import {
  execution,
  Failing,
  functionArn,
  invoke,
  invokeAll,
  make,
  park,
  path,
  roleArn,
  runToEnd,
  start,
  type World,
} from './machines';

describe('A task', () => {
  test('Answers with the function’s payload under Payload', async () => {
    const world = make({
      Accept: invoke('accept', { ResultSelector: { 'id.$': '$.Payload.id' }, End: true }),
    });
    world.testRegion.functions.accept = async (event) => ({ id: `d-${(event as { n: number }).n}` });
    expect(await runToEnd(world, { n: 3 })).toMatchObject({ status: 'SUCCEEDED', output: '{"id":"d-3"}' });
  });

  test('Answers with the payload itself where its resource is the function', async () => {
    const world = make({ Accept: { Type: 'Task', Resource: functionArn('accept'), End: true } });
    world.testRegion.functions.accept = async () => 7;
    expect((await runToEnd(world)).output).toBe('7');
  });

  test('Fails with the error’s name, and with Lambda’s whole answer as the cause', async () => {
    const world = make({ Provision: invoke('provision', { End: true }) });
    world.testRegion.functions.provision = async () => {
      throw new Failing('i-1 failed');
    };
    const { status, error, cause } = await runToEnd(world);
    expect([status, error]).toEqual(['FAILED', 'ProvisionFailed']);
    expect(JSON.parse(cause ?? '')).toEqual({
      errorType: 'ProvisionFailed',
      errorMessage: 'i-1 failed',
      trace: [],
    });
  });

  test('Is refused where the machine’s role may not invoke the function', async () => {
    const world = make({ Accept: invoke('accept', { End: true }) });
    world.testRegion.functions.accept = async () => ({});
    world.testRegion.roles[roleArn] = [{ ...invokeAll, Resource: functionArn('other') }];
    expect(await runToEnd(world)).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
  });

  test('Is tried again after growing waits, and the tries count as transitions', async () => {
    const Retry = [{ ErrorEquals: ['ProvisionFailed'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 2 }];
    const world = make({ Provision: invoke('provision', { Retry, End: true }) });
    const times: number[] = [];
    world.testRegion.functions.provision = async () => {
      times.push(world.testRegion.now - startAt);
      throw new Failing('no');
    };
    const { status, transitions } = await runToEnd(world);
    expect(times).toEqual([25, 2025, 6025]);
    expect([status, transitions]).toEqual(['FAILED', 3]);
  });

  test('Waits a seeded share of the back-off under full jitter, and never longer than MaxDelaySeconds', async () => {
    const Retry = [
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 100,
        MaxDelaySeconds: 30,
        MaxAttempts: 1,
        JitterStrategy: 'FULL',
      },
    ];
    const world = make({ Provision: invoke('provision', { Retry, End: true }) });
    const times: number[] = [];
    world.testRegion.functions.provision = async () => {
      times.push(world.testRegion.now - startAt);
      throw new Failing('no');
    };
    await runToEnd(world);
    expect(times).toEqual([25, 15_025]);
  });

  test('Hands its failure to the first catcher that names it', async () => {
    const world = make({
      Provision: invoke('provision', {
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Undo' }],
        End: true,
      }),
      Undo: { Type: 'Succeed', OutputPath: '$.error.Error' },
    });
    world.testRegion.functions.provision = async () => {
      throw new Failing('no');
    };
    expect(await runToEnd(world, { deployment: 'd' })).toMatchObject({
      status: 'SUCCEEDED',
      output: '"ProvisionFailed"',
    });
  });

  test('Lets an error replace an input that is no object, and fails where it would have to be put into one', async () => {
    const caught = (ResultPath: string) => ({
      Accept: invoke('missing', {
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath, Next: 'Close' }],
        End: true,
      }),
      Close: { Type: 'Succeed' },
    });
    expect((await runToEnd(make(caught('$')), 'text')).status).toBe('SUCCEEDED');
    expect(await runToEnd(make(caught('$.error')), 'text')).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
    });
  });

  test('Fails with States.DataLimitExceeded, which States.ALL does not catch', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Close' }];
    const world = make({ Accept: invoke('accept', { Catch, End: true }), Close: { Type: 'Succeed' } });
    world.testRegion.functions.accept = async () => 'x'.repeat(262_144);
    expect(await runToEnd(world)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('Fails, catchably, on a path that leads nowhere', async () => {
    const Parameters = { FunctionName: functionArn('accept'), Payload: { 'a.$': '$.missing' } };
    const Catch = [{ ErrorEquals: ['States.ParameterPathFailure'], Next: 'Close' }];
    const world = make({
      Accept: invoke('accept', { Parameters, Catch, End: true }),
      Close: { Type: 'Succeed' },
    });
    expect((await runToEnd(world)).status).toBe('SUCCEEDED');
  });
});

describe('A task that waits for its token', () => {
  test('Ends when the token is answered, and the second answer is refused', async () => {
    const world = make({ BakeImage: park({ End: true, TimeoutSeconds: 600 }) });
    const arn = await start(world);
    await world.testRegion.pass(1000);
    const answer = { taskToken: world.tokens[0], output: '{"ok":true}' };
    await world.testRegion.call('states', 'SendTaskSuccess', answer);
    expect(execution(world.service, arn).output).toBe('{"ok":true}');
    await expect(world.testRegion.call('states', 'SendTaskSuccess', answer)).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  test('Can be answered before its function has returned', async () => {
    const world = make({ BakeImage: park({ End: true }) });
    world.testRegion.functions.park = async (event) => {
      const { token } = event as { token: string };
      await world.testRegion.call('states', 'SendTaskSuccess', { taskToken: token, output: '1' });
      throw new Failing('after the answer');
    };
    expect(await runToEnd(world)).toMatchObject({ status: 'SUCCEEDED', output: '1' });
  });

  test('Times out after the seconds that its input names, and its token is void then', async () => {
    const world = make({ BakeImage: park({ End: true, TimeoutSecondsPath: '$.limit' }) });
    const { error, stoppedAt } = await runToEnd(world, { limit: 90 });
    expect([error, (stoppedAt ?? 0) - startAt]).toEqual(['States.Timeout', 90_025]);
    const late = world.testRegion.call('states', 'SendTaskSuccess', {
      taskToken: world.tokens[0],
      output: '1',
    });
    await expect(late).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  test('Gives every try a token of its own, and fails by name', async () => {
    const Retry = [{ ErrorEquals: ['TransientError'], MaxAttempts: 1 }];
    const world = make({ BakeImage: park({ End: true, Retry }) });
    const arn = await start(world);
    await world.testRegion.pass(1000);
    await world.testRegion.call('states', 'SendTaskFailure', {
      taskToken: world.tokens[0],
      error: 'TransientError',
      cause: 'c',
    });
    await world.testRegion.pass(5000);
    expect(new Set(world.tokens).size).toBe(2);
    await world.testRegion.call('states', 'SendTaskFailure', {
      taskToken: world.tokens[1],
      error: 'ImageFailed',
      cause: 'c',
    });
    expect(execution(world.service, arn)).toMatchObject({
      status: 'FAILED',
      error: 'ImageFailed',
      cause: 'c',
    });
  });

  test('Refuses what never was a token', async () => {
    const world = make({ BakeImage: park({ End: true }) });
    const wrong = world.testRegion.call('states', 'SendTaskFailure', { taskToken: 'nonsense' });
    await expect(wrong).rejects.toMatchObject({ code: 'InvalidToken' });
  });

  test('May be answered only by a role that may answer this machine’s tokens', async () => {
    const world = make({ BakeImage: park({ End: true }) });
    await start(world);
    await world.testRegion.pass(1000);
    const caller = { kind: 'function', arn: 'arn:aws:iam::111122223333:role/look', name: 'Look' } as const;
    const answer = () =>
      world.testRegion.call('states', 'SendTaskSuccess', { taskToken: world.tokens[0], output: '1' }, caller);
    await expect(answer()).rejects.toMatchObject({ code: 'AccessDeniedException' });
    world.testRegion.roles[caller.arn] = [
      { Effect: 'Allow', Action: 'states:SendTaskSuccess', Resource: world.machineArn },
    ];
    await expect(answer()).resolves.toEqual({});
  });
});

describe('An execution', () => {
  test('Goes on from its saved state as if nothing had happened', async () => {
    const world = make({ BakeImage: park({ Next: 'Done' }), Done: { Type: 'Succeed' } });
    const arn = await start(world);
    await world.testRegion.pass(1000);
    world.service.state = JSON.parse(JSON.stringify(world.service.state)) as typeof world.service.state;
    await world.testRegion.call('states', 'SendTaskSuccess', { taskToken: world.tokens[0], output: '1' });
    await world.testRegion.pass();
    expect(execution(world.service, arn).status).toBe('SUCCEEDED');
  });

  test('Starts nothing after a stop, not even in a retry’s back-off', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 5 }];
    const world = make({ Provision: invoke('provision', { Retry, End: true }) });
    let tries = 0;
    world.testRegion.functions.provision = async () => {
      tries += 1;
      throw new Failing('no');
    };
    const arn = await start(world);
    await world.testRegion.pass(10_000);
    await world.testRegion.call('states', 'StopExecution', {
      executionArn: arn,
      error: 'Halted',
      cause: 'by hand',
    });
    await world.testRegion.pass();
    expect([tries, execution(world.service, arn).status]).toEqual([1, 'ABORTED']);
  });

  test('Is the running one when it is started again with the same name and input', async () => {
    const world = make({ BakeImage: park({ End: true }) });
    expect(await start(world, { a: 1 })).toBe(await start(world, { a: 1 }));
    await expect(start(world, { a: 2 })).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test('Holds its name for 90 days after its end', async () => {
    const world = make({ Done: { Type: 'Succeed' } });
    await start(world);
    await world.testRegion.pass(86_400_000 * 89);
    await expect(start(world)).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await world.testRegion.pass(86_400_000 * 2);
    await expect(start(world)).resolves.toContain(':execution:deploy:api-1');
  });

  test.each(['a b', 'x'.repeat(81), 'a/b'])('Refuses the name %j', async (name) => {
    await expect(start(make({ Done: { Type: 'Succeed' } }), {}, name)).rejects.toMatchObject({
      code: 'InvalidName',
    });
  });

  test('Tells the bus of its start and its end', async () => {
    const world = make({ Done: { Type: 'Fail', Error: 'Rejected', Cause: 'why' } });
    const { arn } = await runToEnd(world);
    expect(world.testRegion.published.map(({ detail }) => (detail as { status: string }).status)).toEqual([
      'RUNNING',
      'FAILED',
    ]);
    expect(world.testRegion.published[1]).toMatchObject({
      source: 'aws.states',
      resources: [arn],
      detail: { error: 'Rejected' },
    });
  });

  test('Reads the error and the cause of a Fail state from paths', async () => {
    const world = make({ Outcome: { Type: 'Fail', ErrorPath: '$.end.outcome', CausePath: '$.end.cause' } });
    const ended = await runToEnd(world, { end: { outcome: 'Dirty', cause: 'left' } });
    expect([ended.error, ended.cause]).toEqual(['Dirty', 'left']);
  });

  test('Keeps the falsy result of a Pass state', async () => {
    expect((await runToEnd(make({ P: { Type: 'Pass', Result: false, End: true } }))).output).toBe('false');
  });

  test('Takes the branch that the input names, and its history tells the states in order', async () => {
    const world = make({
      Which: {
        Type: 'Choice',
        Choices: [{ Variable: '$.from', StringEquals: 'fleet', Next: 'Fleet' }],
        Default: 'Other',
      },
      Fleet: { Type: 'Wait', Seconds: 60, Next: 'Done' },
      Other: { Type: 'Succeed' },
      Done: { Type: 'Succeed' },
    });
    const { arn, stoppedAt } = await runToEnd(world, { from: 'fleet' });
    expect(path(world, arn)).toEqual(['Which', 'Fleet', 'Done']);
    expect((stoppedAt ?? 0) - startAt).toBe(60_075);
    const request = { executionArn: arn, maxResults: 2 };
    const page = (await history(world, request)) as {
      events: { type: string; timestamp: Date }[];
      nextToken: string;
    };
    expect(page.events.map(({ type }) => type)).toEqual(['ExecutionStarted', 'ChoiceStateEntered']);
    expect(page.events[0]?.timestamp).toEqual(new Date(startAt));
    expect(page.nextToken).toEqual(expect.any(String));
  });

  test('Times out as a whole where the machine says so', async () => {
    const world = make({ BakeImage: park({ End: true }) }, { TimeoutSeconds: 300 });
    expect(await runToEnd(world)).toMatchObject({ status: 'TIMED_OUT', stoppedAt: startAt + 300_000 });
  });

  test('Knows the context object', async () => {
    const world = make({
      P: {
        Type: 'Pass',
        Parameters: {
          'name.$': '$$.Execution.Name',
          'state.$': '$$.State.Name',
          'at.$': '$$.Execution.StartTime',
        },
        End: true,
      },
    });
    const { output } = await runToEnd(world);
    expect(JSON.parse(output ?? '')).toEqual({ name: 'api-1', state: 'P', at: '2026-11-22T08:00:00.000Z' });
  });
});

const history = (world: World, request: object) =>
  world.testRegion.call('states', 'GetExecutionHistory', request, person);

describe('A definition', () => {
  test.each([
    ['a heartbeat', { A: park({ End: true, HeartbeatSeconds: 5 }) }, 'HeartbeatSeconds is not modelled'],
    [
      'a service integration',
      { A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', End: true } },
      'is not modelled',
    ],
    ['a map', { A: { Type: 'Map', End: true } }, 'the type Map is not modelled'],
    [
      'a filter in a path',
      { A: { Type: 'Pass', InputPath: '$.a[?(@.b)]', End: true } },
      'not a reference path',
    ],
    ['a state that is not there', { A: { Type: 'Pass', Next: 'B' } }, 'there is no state B'],
    [
      'an unknown function',
      { A: { Type: 'Pass', Parameters: { 'a.$': "States.Hash($, 'MD5')" }, End: true } },
      'States.Hash is not modelled',
    ],
    [
      'States.ALL beside another name',
      { A: invoke('a', { End: true, Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }) },
      'must stand alone',
    ],
  ])('With %s is refused', (_what, states, problem) => {
    expect(() => make(states)).toThrow(problem);
  });
});
