import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Cloud } from '../../src/cloud/cloud';
import type { InvocationFault } from '../../src/core/faults';
import type { LambdaService } from '../../src/services/lambda';
import type { EventInvokeConfig } from '../../src/lambda/state';
import { allFactories } from '../../src/cloud/services';
import { makeFakeSsm } from '../core/fake';

const startAt = Date.UTC(2026, 10, 22, 8);
const roleArn = 'arn:aws:iam::111122223333:role/echo';

const code = `
const { SSMClient, PutParameterCommand, GetParameterCommand } = require('@aws-sdk/client-ssm');
const { randomUUID } = require('node:crypto');
const client = new SSMClient({});
let served = 0;
exports.handler = async (event, context) => {
  served += 1;
  console.log('served ' + served);
  if (event.fail) { const error = new RangeError('too many'); error.name = 'Rejected'; throw error; }
  if (event.throwText) throw 'plain text';
  if (event.long) return 'x'.repeat(event.long);
  if (event.write) await client.send(new PutParameterCommand({ Name: event.write, Value: 'v', Type: 'String' }));
  if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
  if (event.writeLate) await client.send(new PutParameterCommand({ Name: event.writeLate, Value: 'v', Type: 'String' }));
  if (event.read) await require('node:fs/promises').readFile('/etc/hostname');
  return { served, event, id: randomUUID(), chance: Math.random(), now: Date.now(), mode: process.env.MODE,
    name: context.functionName, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis() };
};`;

interface Options {
  readonly seed?: number;
  readonly fault?: InvocationFault;
  readonly reservedConcurrency?: number;
  readonly eventInvokeConfig?: EventInvokeConfig;
}

const make = (options: Options = {}) => {
  const sent: { at: number; body: unknown }[] = [];
  const fakeSqs = () => ({
    state: {},
    actions: {},
    due: () => undefined,
    send: (_arn: string, body: string) =>
      sent.push({ at: cloud.now() - startAt, body: JSON.parse(body) as unknown }),
  });
  const cloud: Cloud = Cloud.make({
    startAt,
    seed: options.seed ?? 1,
    services: (own, shared) => ({ ...allFactories(own, shared), ssm: makeFakeSsm, sqs: fakeSqs }),
    ...(options.fault && { faults: { invocation: () => options.fault } }),
  });
  cloud.roles[roleArn] = {
    name: 'echo',
    policies: [{ Statement: [{ Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' }] }],
  };
  const lambda = cloud.service('eu-west-1', 'lambda') as LambdaService;
  lambda.loadCode({ 'functions/echo': { file: 'functions/echo.cjs', text: code } });
  lambda.add({
    functionName: 'echo',
    handler: 'functions/echo.handler',
    timeoutSeconds: 3,
    memoryMb: 256,
    environment: { MODE: 'test' },
    roleArn,
    ...(options.reservedConcurrency !== undefined && { reservedConcurrency: options.reservedConcurrency }),
    ...(options.eventInvokeConfig && { eventInvokeConfig: options.eventInvokeConfig }),
  });
  const parameters = () =>
    Object.keys((cloud.service('eu-west-1', 'ssm').state as { parameters: object }).parameters);
  return {
    cloud,
    lambda,
    sent,
    parameters,
    invoke: (event: object) => cloud.run(() => lambda.invoke('echo', event)),
  };
};

const errorOf = (answer: object) =>
  'error' in answer ? (answer.error as Record<string, unknown>) : undefined;

describe('An invocation', () => {
  test('Runs the exported handler in a sandbox of its own environment, cold first, then warm', async () => {
    const { cloud, invoke } = make();
    expect(await invoke({ a: 1 })).toMatchObject({
      payload: { served: 1, event: { a: 1 }, mode: 'test', name: 'echo', left: 3000 },
    });
    const cold = cloud.now() - startAt;
    expect(cold).toBeGreaterThanOrEqual(320);
    expect(cold).toBeLessThanOrEqual(480);
    expect(await invoke({})).toMatchObject({ payload: { served: 2 } });
    expect(cloud.now() - startAt - cold).toBeLessThanOrEqual(18);
    expect(process.env.MODE).toBeUndefined();
  });

  test('Finds its sandbox cold again when it was idle for long', async () => {
    const { cloud, invoke } = make();
    await invoke({});
    await cloud.advance(8 * 60_000);
    expect(await invoke({})).toMatchObject({ payload: { served: 1 } });
  });

  test('Serves one event at a time in each sandbox', async () => {
    const { cloud, lambda } = make();
    const both = () => Promise.all([1, 2].map(() => lambda.invoke('echo', { sleepMs: 100 })));
    expect(await cloud.run(both)).toMatchObject([{ payload: { served: 1 } }, { payload: { served: 1 } }]);
  });

  test('Is the same to the byte with the same seed, chance and ids included', async () => {
    const once = async (seed: number) => JSON.stringify(await make({ seed }).invoke({ write: '/a' }));
    expect(await once(5)).toBe(await once(5));
    expect(await once(5)).not.toBe(await once(6));
  });

  test('Answers a thrown error by its name, message and the frames of its own code', async () => {
    const error = errorOf(await make().invoke({ fail: true }));
    expect(error).toMatchObject({ errorType: 'Rejected', errorMessage: 'too many' });
    const [first, ...frames] = error?.trace as string[];
    expect(first).toMatch(/too many/);
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) expect(frame).toContain('/var/task/functions/echo.cjs');
  });

  test('Answers a thrown text as the runtime does', async () => {
    expect(errorOf(await make().invoke({ throwText: true }))).toEqual({
      errorType: 'string',
      errorMessage: 'plain text',
      trace: [],
    });
  });

  test('Refuses an answer of more than 6 MB', async () => {
    expect(errorOf(await make().invoke({ long: 6_291_600 }))).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });

  test('Times out as Lambda does: what was under way has landed, what comes later never leaves the sandbox', async () => {
    const { cloud, invoke, parameters } = make();
    const answer = await invoke({ write: '/early', sleepMs: 5000, writeLate: '/late' });
    expect(errorOf(answer)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 3\.00 seconds$/,
      ) as string,
    });
    await cloud.advance(60_000);
    expect(parameters()).toEqual(['/early']);
    expect(await invoke({})).toMatchObject({ payload: { served: 1 } });
  });

  test('Is refused what its role does not allow', async () => {
    const { cloud, lambda } = make();
    cloud.roles[roleArn] = { name: 'echo', policies: [] };
    const answer = await cloud.run(() => lambda.invoke('echo', { write: '/a' }));
    expect(errorOf(answer)).toMatchObject({ errorType: 'AccessDeniedException' });
    expect(errorOf(answer)?.errorMessage).toContain('is not authorized to perform: ssm:PutParameter');
  });

  test.each([
    ['before', [], 'Runtime.ExitError'],
    ['after', ['/a'], 'Runtime.ExitError'],
    ['hang', ['/a'], 'Sandbox.Timedout'],
  ] as const)('Dies %s its effect where the fault says so', async (fault, written, errorType) => {
    const { invoke, parameters } = make({ fault });
    expect(errorOf(await invoke({ write: '/a' }))).toMatchObject({ errorType });
    expect(parameters()).toEqual(written);
  });

  test('Names the function that reads a file, and fails the run', async () => {
    await expect(make().invoke({ read: true })).rejects.toThrow(/echo used FSReq/);
  });

  test('Keeps what it wrote, with the virtual time', async () => {
    const { lambda, invoke } = make();
    await invoke({});
    expect(lambda.state.logs).toEqual([
      { at: expect.any(Number) as number, functionName: 'echo', text: 'served 1' },
    ]);
    expect(lambda.state.logs[0]?.at).toBeGreaterThan(startAt);
  });

  test('Is refused beyond its reserved concurrency', async () => {
    const { cloud, lambda } = make({ reservedConcurrency: 1 });
    const both = () => Promise.allSettled([1, 2].map(() => lambda.invoke('echo', {})));
    const [first, second] = await cloud.run(both);
    expect(first?.status).toBe('fulfilled');
    expect(second).toMatchObject({
      reason: { code: 'TooManyRequestsException', details: { statusCode: 429 } },
    });
  });
});

describe('The Lambda API', () => {
  const send = async (input: object) => {
    const made = make();
    const client = made.cloud.connect('eu-west-1')(LambdaClient);
    const command = new InvokeCommand({ FunctionName: 'echo', ...input });
    const answer = await made.cloud.run(() => client.send(command));
    return { ...made, answer };
  };
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  test('Answers an invocation with its payload', async () => {
    const { answer } = await send({ Payload: bytes({ a: 1 }) });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(JSON.parse(new TextDecoder().decode(answer.Payload))).toMatchObject({
      served: 1,
      event: { a: 1 },
    });
  });

  test('Marks a failed one', async () => {
    const { answer } = await send({ Payload: bytes({ fail: true }) });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(new TextDecoder().decode(answer.Payload))).toMatchObject({ errorType: 'Rejected' });
  });

  test('Only checks a dry run', async () => {
    const { answer, lambda } = await send({ InvocationType: 'DryRun' });
    expect(answer.StatusCode).toBe(204);
    expect(lambda.state.invocations).toEqual({});
  });

  test('Refuses what is too long, what is no JSON, and what does not exist', async () => {
    await expect(
      send({ InvocationType: 'Event', Payload: bytes('x'.repeat(1_048_576)) }),
    ).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
    });
    await expect(send({ Payload: new TextEncoder().encode('{') })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await expect(send({ FunctionName: 'other' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('An asynchronous invocation', () => {
  const failing = async (eventInvokeConfig: EventInvokeConfig, reservedConcurrency?: number) => {
    const onFailureArn = 'arn:aws:sqs:eu-west-1:111122223333:failed';
    const made = make({
      eventInvokeConfig: { ...eventInvokeConfig, onFailureArn },
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    });
    made.lambda.invokeAsync('echo', { fail: true });
    await made.cloud.advance(7 * 3600_000);
    return made;
  };

  test('Is tried again after one and two minutes, then handed to the destination', async () => {
    const { lambda, sent } = await failing({});
    expect(lambda.state.invocations).toEqual({ echo: 3 });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.at).toBeGreaterThan(180_000);
    expect(sent[0]?.at).toBeLessThan(182_000);
    expect(sent[0]?.body).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { fail: true },
      responsePayload: { errorType: 'Rejected' },
    });
  });

  test('Is tried only as often, and only as long, as the function says', async () => {
    expect((await failing({ maximumRetryAttempts: 0 })).lambda.state.invocations).toEqual({ echo: 1 });
    const aged = await failing({ maximumEventAgeSeconds: 90 });
    expect(aged.lambda.state.invocations).toEqual({ echo: 2 });
    expect(aged.sent[0]?.body).toMatchObject({ requestContext: { condition: 'EventAgeExceeded' } });
  });

  test('Waits for concurrency up to six hours, then is given up', async () => {
    const { lambda, sent } = await failing({}, 0);
    expect(lambda.state.invocations).toEqual({});
    expect(sent[0]?.body).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 },
    });
  });
});
