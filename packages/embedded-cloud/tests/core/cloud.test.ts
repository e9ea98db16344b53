import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Cloud, type CloudOptions } from '../../src/cloud/cloud';
import { AwsError } from '../../src/core/errors';
import { makeFakeSsm } from './fake';

const startAt = Date.UTC(2026, 10, 22, 8);
const make = (options: CloudOptions = {}) =>
  Cloud.make({ services: { ssm: makeFakeSsm }, startAt, ...options });
const put = (client: SSMClient, Name: string) =>
  client.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }));
const get = (client: SSMClient, Name: string) => client.send(new GetParameterCommand({ Name }));

describe('The embedded cloud', () => {
  test('Answers a real client, and virtual time passes by the latency', async () => {
    const cloud = make();
    const client = cloud.connect('eu-west-1')(SSMClient);
    await cloud.run(() => put(client, '/a'));
    const answer = await cloud.run(() => get(client, '/a'));
    expect(answer.Parameter?.Value).toBe('v');
    expect(answer.Parameter?.LastModifiedDate).toBeInstanceOf(Date);
    expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
    expect(cloud.now() - startAt).toBeGreaterThanOrEqual(40);
    expect(cloud.now() - startAt).toBeLessThanOrEqual(90);
  });

  test('Throws the class that the SDK has for an error', async () => {
    const cloud = make();
    const client = cloud.connect('eu-west-1')(SSMClient);
    await expect(cloud.run(() => get(client, '/none'))).rejects.toBeInstanceOf(ParameterNotFound);
    expect(cloud.calls.list.at(-1)).toMatchObject({ action: 'GetParameter', error: 'ParameterNotFound' });
  });

  test('Brings what is on the agenda when it is due, in order', async () => {
    const cloud = make();
    const region = cloud.region('eu-west-1');
    region.schedule(5000, 'ssm', 'second', {});
    region.schedule(5000, 'ssm', 'third', {});
    region.schedule(60 * 24 * 3600 * 1000, 'ssm', 'after 60 days', {});
    region.schedule(10, 'ssm', 'first', {});
    await cloud.advance(6000);
    const { due } = cloud.service('eu-west-1', 'ssm').state as { due: { at: number; kind: string }[] };
    expect(due.map(({ at, kind }) => [at - startAt, kind])).toEqual([
      [10, 'first'],
      [5000, 'second'],
      [5000, 'third'],
    ]);
    await cloud.advance(61 * 24 * 3600 * 1000);
    expect(due.at(-1)).toEqual({ at: startAt + 60 * 24 * 3600 * 1000, kind: 'after 60 days', payload: {} });
  });

  test('Retries what is throttled by the SDK’s own back-off, on virtual time', async () => {
    const cloud = make({
      faults: {
        call: ({ count }) =>
          count === 0 ? { before: new AwsError('ThrottlingException', 'Rate exceeded') } : undefined,
      },
    });
    const client = cloud.connect('eu-west-1')(SSMClient);
    const answer = await cloud.run(() => put(client, '/a'));
    expect(answer.$metadata.attempts).toBe(2);
    expect(cloud.calls.counters.ssm).toEqual({ PutParameter: 2 });
  });

  test('Takes effect and yet answers with an error, or never, where the fault says so', async () => {
    const cloud = make({
      faults: { call: () => ({ after: new AwsError('InternalServerError', 'lost', { statusCode: 400 }) }) },
    });
    const client = cloud.connect('eu-west-1')(SSMClient, { maxAttempts: 1 });
    await expect(cloud.run(() => put(client, '/after'))).rejects.toMatchObject({
      name: 'InternalServerError',
    });
    cloud.faults = { call: () => ({ lost: true }) };
    await expect(cloud.run(() => put(client, '/lost'), 60_000)).rejects.toThrow('60 s of virtual time');
    cloud.faults = {};
    expect((await cloud.run(() => get(client, '/after'))).Parameter?.Value).toBe('v');
    expect((await cloud.run(() => get(client, '/lost'))).Parameter?.Value).toBe('v');
  });

  test('Gives up a call whose signal is aborted', async () => {
    const cloud = make({ faults: { call: () => ({ lost: true }) } });
    const client = cloud.connect('eu-west-1')(SSMClient);
    const send = () =>
      client.send(new GetParameterCommand({ Name: '/a' }), { abortSignal: AbortSignal.timeout(5000) });
    await expect(cloud.run(send)).rejects.toMatchObject({ name: 'AbortError' });
    expect(cloud.now() - startAt).toBe(5000);
  });

  test('Refuses a function whose role does not allow the call, without effect', async () => {
    const cloud = make();
    const caller = { kind: 'function', arn: 'arn:aws:iam::111122223333:role/none', name: 'Accept' } as const;
    const client = cloud.connect('eu-west-1', caller)(SSMClient);
    await expect(cloud.run(() => put(client, '/a'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(cloud.service('eu-west-1', 'ssm').state).toMatchObject({ parameters: {} });
  });

  test('Holds back a burst of calls, and lets them through when the bucket is refilled', async () => {
    const cloud = make();
    const client = cloud.connect('eu-west-1')(SSMClient, { maxAttempts: 1 });
    await cloud.run(() => put(client, '/a'));
    const all = () => Promise.allSettled(Array.from({ length: 50 }, () => get(client, '/a')));
    const refused = (await cloud.run(all)).filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(10);
    expect(refused[0]?.reason).toMatchObject({ name: 'ThrottlingException' });
    await cloud.advance(1000);
    expect((await cloud.run(all)).filter((each) => each.status === 'rejected')).toHaveLength(10);
  });

  test('Runs the same twice with the same seed, and otherwise with another', async () => {
    const once = async (seed: number) => {
      const cloud = make({ seed });
      const client = cloud.connect('eu-west-1')(SSMClient);
      await cloud.run(() => Promise.allSettled(['/a', '/b', '/c'].map((name) => put(client, name))));
      await cloud.run(() => Promise.allSettled(['/c', '/d'].map((name) => get(client, name))));
      await cloud.advance(5000);
      return JSON.stringify([cloud.calls.list, cloud.snapshot()]);
    };
    const first = await once(7);
    expect(await once(7)).toBe(first);
    expect(await once(8)).not.toBe(first);
  });

  test('Goes on after a restore as if it had never been saved', async () => {
    const cloud = make({ seed: 3 });
    const client = cloud.connect('eu-west-1')(SSMClient);
    await cloud.run(() => put(client, '/a'));
    const saved = JSON.parse(JSON.stringify(cloud.snapshot())) as ReturnType<Cloud['snapshot']>;
    const restored = Cloud.restore(saved, { services: { ssm: makeFakeSsm } });
    for (const each of [cloud, restored]) {
      const own = each.connect('eu-west-1')(SSMClient);
      await each.run(() => put(own, '/b'));
      await each.advance(10_000);
    }
    expect(restored.snapshot()).toEqual(cloud.snapshot());
    expect(restored.service('eu-west-1', 'ssm').state).toMatchObject({
      due: [{ kind: 'written' }, { kind: 'written' }],
    });
  });

  test('Refuses to be saved while a call is under way', async () => {
    const cloud = make({ faults: { call: () => ({ lost: true }) } });
    const client = cloud.connect('eu-west-1')(SSMClient);
    void get(client, '/a');
    await cloud.advance(1000);
    expect(cloud.quiet()).toBe(false);
    expect(() => cloud.snapshot()).toThrow('Executions are running');
  });

  test('Answers a region that does not exist as a name that does not resolve', async () => {
    const cloud = make();
    const client = cloud.connect('eu-west-9')(SSMClient, { maxAttempts: 1 });
    await expect(cloud.run(() => get(client, '/a'))).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('Fails the run for an action that it does not simulate, whatever the caller does with the error', async () => {
    const cloud = Cloud.make({ services: {} });
    const client = cloud.connect('eu-west-1')(SSMClient);
    await expect(cloud.run(() => get(client, '/a').catch(() => 'swallowed'))).rejects.toThrow(
      'has no service ssm',
    );
  });

  test('Puts back real time and chance', async () => {
    const real = () => [
      setTimeout,
      Date,
      Object.getOwnPropertyDescriptor(AbortSignal, 'timeout')?.value as unknown,
    ];
    const before = real();
    const cloud = make();
    await cloud.advance(1000);
    expect(real()).toEqual(before);
    expect(Math.random.toString()).toContain('native code');
  });
});
