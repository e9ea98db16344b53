import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Cloud } from '../../src/cloud/cloud';

const code = 'exports.handler = async () => new Promise((resolve) => setTimeout(() => resolve(1), 60_000));';

/** An account of a limit, with two functions that take a minute each. */
const make = (limit?: number) => {
  const cloud = Cloud.make(limit === undefined ? {} : { quotas: { 'L-B99A9384': limit } });
  const lambda = cloud.region(cloud.home).service('lambda');
  lambda.loadCode({ 'functions/slow': { file: 'functions/slow.cjs', text: code } });
  const add = (functionName: string, reservedConcurrency?: number) =>
    lambda.add({
      functionName,
      handler: 'functions/slow.handler',
      timeoutSeconds: 120,
      memoryMb: 128,
      environment: {},
      roleArn: 'arn:aws:iam::111122223333:role/slow',
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    });
  add('one');
  add('two');
  const answer = <Output>(action: string, input: object) =>
    cloud.run(() => cloud.answer(cloud.home, cloud.person(), 'lambda', action, input)) as Promise<Output>;
  const reserve = (FunctionName: string, ReservedConcurrentExecutions: number) =>
    answer('PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
  return { cloud, lambda, add, answer, reserve };
};

const words = (least: number) =>
  "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
  `below its minimum value of [${String(least)}].`;

test.each([
  [10, 1, 10],
  [50, 1, 50],
  [150, 51, 100],
  [undefined, 901, 100],
])('An account of %p leaves no room to reserve %i: %i stay unreserved.', async (limit, asked, least) => {
  const { add, reserve, lambda } = make(limit);
  await expect(reserve('one', asked)).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
    message: words(least),
  });
  expect(lambda.find('one').reservedConcurrency).toBeUndefined();
  expect(() => add('three', asked)).toThrow(words(least));
});

test('A function gives back what it reserved before, and nothing at all can always be reserved.', async () => {
  const { reserve, answer } = make(150);
  await reserve('one', 40);
  await reserve('one', 50);
  await expect(reserve('two', 1)).rejects.toThrow(words(100));
  await reserve('two', 0);
  expect(await answer('GetAccountSettings', {})).toMatchObject({
    AccountLimit: { ConcurrentExecutions: 150, UnreservedConcurrentExecutions: 100 },
    AccountUsage: { FunctionCount: 2 },
  });
});

test('Functions share what is not reserved, and are throttled beyond it.', async () => {
  const { cloud, reserve } = make(103);
  await reserve('one', 3);
  const client = cloud.connect(cloud.home)(LambdaClient, { maxAttempts: 1 });
  const invoke = (FunctionName: string) =>
    client.send(new InvokeCommand({ FunctionName })).then(
      () => 'ran',
      (error: unknown) => (error as { Reason: string }).Reason,
    );
  const names = [...Array.from({ length: 4 }, () => 'one'), ...Array.from({ length: 102 }, () => 'two')];
  const outcomes = await cloud.run(() => Promise.all(names.map(invoke)));
  const counted = (name: string) => {
    const counts: Record<string, number> = {};
    outcomes.forEach((outcome, index) => {
      if (names[index] === name) counts[outcome] = (counts[outcome] ?? 0) + 1;
    });
    return counts;
  };
  expect(counted('one')).toEqual({
    ran: 3,
    ReservedFunctionConcurrentInvocationLimitExceeded: 1,
  });
  expect(counted('two')).toEqual({ ran: 100, ConcurrentInvocationLimitExceeded: 2 });
});
