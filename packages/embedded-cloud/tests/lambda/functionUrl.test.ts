import { GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Cloud } from '../../src/cloud/cloud';
import { outagesOf } from '../../src/core/faults';
import { functionUrlOf, urlIdOf } from '../../src/lambda/functionUrls';
import type { HttpRequest } from '../../src/lambda/http';
import { urlAnswer } from '../../src/lambda/urlAnswer';
import type { LambdaService } from '../../src/services/lambda';
import { urlEvent } from '../../src/lambda/urlEvent';

const startAt = Date.UTC(2026, 10, 22, 8);
const urlId = urlIdOf('echo');
const url = functionUrlOf(urlId, 'eu-west-1');
const roleArn = 'arn:aws:iam::111122223333:role/echo';
const code = `exports.handler = async (event) => {
  const mode = event.queryStringParameters?.mode;
  if (mode === 'throw') throw new Error('no');
  if (mode === 'sleep') await new Promise((resolve) => setTimeout(resolve, 60000));
  if (mode === 'plain') return { seen: event.rawPath };
  if (mode === 'malformed') return { statusCode: 'many' };
  if (mode === 'pause') await new Promise((resolve) => setTimeout(resolve, 1000));
  return { statusCode: 201, headers: { 'X-Mode': mode ?? 'none' }, body: JSON.stringify(event) };
};`;

const both = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];
interface Options {
  readonly actions?: readonly string[];
  readonly authType?: 'NONE' | 'AWS_IAM';
  readonly reservedConcurrency?: number;
}
const make = ({ actions = both, authType = 'NONE', reservedConcurrency }: Options = {}) => {
  const cloud = Cloud.make({ startAt });
  cloud.roles[roleArn] = { name: 'echo', policies: [] };
  const lambda = cloud.service('eu-west-1', 'lambda') as LambdaService;
  lambda.loadCode({ 'functions/echo': { file: 'functions/echo.cjs', text: code } });
  lambda.add({
    functionName: 'echo',
    handler: 'functions/echo.handler',
    timeoutSeconds: 3,
    memoryMb: 256,
    environment: {},
    roleArn,
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
  });
  lambda.addUrl({ urlId, functionName: 'echo', authType });
  for (const action of actions) lambda.permitUrl({ functionName: 'echo', action });
  const send = async (request: Partial<HttpRequest> = {}) => {
    const { status, headers, body } = await cloud.run(() => lambda.request({ url, ...request }));
    return { status, headers, text: Buffer.from(body).toString() };
  };
  return { cloud, lambda, send };
};

describe('A function URL', () => {
  test('Is told by the function that has it', async () => {
    const { cloud } = make();
    const client = cloud.connect('eu-west-1')(LambdaClient);
    const told = await cloud.run(() =>
      client.send(new GetFunctionUrlConfigCommand({ FunctionName: 'echo' })),
    );
    expect(told).toMatchObject({
      FunctionUrl: url,
      FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:echo',
      AuthType: 'NONE',
      InvokeMode: 'BUFFERED',
    });
  });

  test('Hands the function the request in payload format 2.0, and gives back what it answers', async () => {
    const { status, headers, text } = await make().send({
      url: `${url}hooks/git?mode=a&tag=1&tag=2`,
      method: 'post',
      headers: { 'X-Hub': 'One', 'x-hub': 'Two', 'Content-Type': 'application/json', 'User-Agent': 'hook/1' },
      body: '{"ä":1}',
    });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-mode': 'a' });
    const event = JSON.parse(text) as { requestContext: { time: string; requestId: string } };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/hooks/git',
      rawQueryString: 'mode=a&tag=1&tag=2',
      queryStringParameters: { mode: 'a', tag: '1,2' },
      headers: { 'x-hub': 'One,Two', 'x-forwarded-proto': 'https', host: new URL(url).host },
      requestContext: {
        accountId: 'anonymous',
        domainPrefix: urlId,
        http: { method: 'POST', path: '/hooks/git', protocol: 'HTTP/1.1', userAgent: 'hook/1' },
        stage: '$default',
      },
      body: '{"ä":1}',
      isBase64Encoded: false,
    });
    expect(event.requestContext.time).toMatch(/^22\/Nov\/2026:08:00:0\d \+0000$/);
    expect(headers['x-amzn-requestid']).toBe(event.requestContext.requestId);
  });

  test.each([
    ['application/json; charset=utf-8', false],
    ['text/plain', false],
    ['application/problem+json', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    [undefined, true],
  ])('Hands over a body of type %s in base64: %s', (type, isBase64Encoded) => {
    const request = { url, body: 'a=1', ...(type !== undefined && { headers: { 'Content-Type': type } }) };
    const event = urlEvent(request, { urlId, requestId: 'r', now: startAt });
    expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
  });

  test('Answers a returned value without a status as the JSON body of a 200', async () => {
    const { status, headers, text } = await make().send({ url: `${url}a?mode=plain` });
    expect([status, headers['content-type'], text]).toEqual([200, 'application/json', '{"seen":"/a"}']);
  });

  test.each(['throw', 'sleep', 'malformed'])('Answers 502 for a function that does: %s', async (mode) => {
    const { status, text } = await make().send({ url: `${url}?mode=${mode}` });
    expect([status, text]).toEqual([502, 'Internal Server Error']);
  });

  test.each([
    ['lambda:InvokeFunctionUrl alone', { actions: ['lambda:InvokeFunctionUrl'] }],
    ['lambda:InvokeFunction alone', { actions: ['lambda:InvokeFunction'] }],
    ['no statement', { actions: [] }],
    ['signatures only', { authType: 'AWS_IAM' as const }],
  ])('Is closed to the world with %s', async (_name, options) => {
    const { cloud, lambda, send } = make(options);
    expect((await send()).status).toBe(403);
    expect(lambda.state.invocations).toEqual({});
    expect(cloud.now()).toBeGreaterThan(startAt);
  });

  test('Answers 429 without free concurrency, and 413 beyond what an event holds', async () => {
    const { cloud, lambda, send } = make({ reservedConcurrency: 1 });
    const requests = () =>
      Promise.all([
        lambda.request({ url: `${url}?mode=pause` }),
        lambda.request({ url: `${url}?mode=pause` }),
      ]);
    const statuses = (await cloud.run(requests)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 429]);
    const none = await make({ reservedConcurrency: 0 }).send();
    expect(JSON.parse(none.text)).toMatchObject({
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    });
    const headers = { 'content-type': 'text/plain' };
    expect((await send({ method: 'POST', headers, body: 'x'.repeat(6_291_456) })).status).toBe(413);
  });

  test('Is out of reach while its region is down', async () => {
    const { cloud, send } = make();
    cloud.faults = outagesOf([{ region: 'eu-west-1', from: startAt, until: startAt + 60_000 }]);
    expect((await send()).status).toBe(503);
    await cloud.advance(60_000);
    expect((await send()).status).toBe(201);
  });

  test('Knows nothing of an address that nobody has', async () => {
    expect((await make().send({ url: functionUrlOf('0'.repeat(32), 'eu-west-1') })).status).toBe(403);
  });
});

test('Bodies in base64 and cookies are given back as they were meant', () => {
  const answer = urlAnswer(
    JSON.stringify({ statusCode: 200, body: 'AAH/', isBase64Encoded: true, cookies: ['a=1', 'b=2'] }),
  );
  expect([...answer.body]).toEqual([0, 1, 255]);
  expect(answer.cookies).toEqual(['a=1', 'b=2']);
});
