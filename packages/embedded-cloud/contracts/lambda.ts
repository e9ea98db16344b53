import {
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { type Contract, contractsOf, differs } from './contract';
import { makeQueue } from './sqs';
import type { World } from './world';

const Client = LambdaClient;

const invoking = { moto: 'it runs functions in Docker' };

const unset = { moto: 'its functions want a role in its IAM, which nobody makes here' };

const contract = contractsOf('lambda');

const code = `exports.handler = async (event) => {
  if (event.fails) throw new TypeError('not today');
  return { got: event };
};`;

const payload = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const isJson =
  (expected: unknown) =>
  (bytes: Uint8Array): boolean =>
    JSON.stringify(JSON.parse(Buffer.from(bytes).toString())) === JSON.stringify(expected);

const mapped = async (world: World) => {
  const functionArn = await world.host.lambda(world.name('contract'), code);
  const queue = await makeQueue(world);
  return { functionArn, queue, id: await world.host.mapping(queue.arn, functionArn) };
};

export const lambda: readonly Contract[] = [
  contract(
    "tells the account's limit of concurrent executions",
    async (world) => {
      const isLimit = (limit: number) => Number.isInteger(limit) && limit > 0;
      await world.see(Client, new GetAccountSettingsCommand({}), {
        AccountLimit: { ConcurrentExecutions: isLimit, UnreservedConcurrentExecutions: isLimit },
      });
    },
    { notOn: { moto: 'it does not know it' } },
  ),
  contract(
    'tells of a function, and of none that is not there',
    async (world) => {
      const FunctionName = world.name('contract');
      await world.host.lambda(FunctionName, code);
      await world.until(async () => {
        const { Configuration } = await world.send(Client, new GetFunctionCommand({ FunctionName }));
        return Configuration?.State === 'Active';
      });
      await world.see(Client, new GetFunctionCommand({ FunctionName }), {
        Configuration: { FunctionName, State: 'Active', Timeout: 10 },
      });
      await world.refused(Client, new GetFunctionCommand({ FunctionName: 'no-such-function' }), {
        error: 'ResourceNotFoundException',
      });
    },
    { notOn: unset },
  ),
  contract(
    'knows no URL of a function that has none',
    async (world) => {
      const FunctionName = await world.host.lambda(world.name('contract'), code);
      await world.refused(Client, new GetFunctionUrlConfigCommand({ FunctionName }), {
        error: 'ResourceNotFoundException',
      });
    },
    { notOn: unset },
  ),
  contract(
    'invokes a function and answers what it returns',
    async (world) => {
      const FunctionName = await world.host.lambda(world.name('contract'), code);
      await world.see(Client, new InvokeCommand({ FunctionName, Payload: payload({ a: 1 }) }), {
        StatusCode: 200,
        FunctionError: undefined,
        Payload: isJson({ got: { a: 1 } }),
      });
    },
    { notOn: invoking },
  ),
  contract(
    "answers a function's error as the function's, not as its own",
    async (world) => {
      const FunctionName = await world.host.lambda(world.name('contract'), code);
      await world.see(Client, new InvokeCommand({ FunctionName, Payload: payload({ fails: true }) }), {
        StatusCode: 200,
        FunctionError: 'Unhandled',
        Payload: (bytes: Uint8Array) => {
          const shown = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
          return shown.errorType === 'TypeError' && shown.errorMessage === 'not today';
        },
      });
    },
    {
      notOn: invoking,
      ...differs(
        'ministack',
        'Invoke',
        "calls it by another type than the error's own",
        'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html',
      ),
    },
  ),
  contract(
    'takes an event without waiting, and knows no function that is not there',
    async (world) => {
      const FunctionName = await world.host.lambda(world.name('contract'), code);
      await world.see(
        Client,
        new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: payload({}) }),
        {
          StatusCode: 202,
        },
      );
      await world.refused(Client, new InvokeCommand({ FunctionName: 'no-such-function' }), {
        error: 'ResourceNotFoundException',
      });
    },
    { notOn: invoking },
  ),
  contract(
    'lists what feeds a function',
    async (world) => {
      const { functionArn, queue, id } = await mapped(world);
      await world.see(Client, new ListEventSourceMappingsCommand({ FunctionName: functionArn }), {
        EventSourceMappings: [
          { UUID: id, EventSourceArn: queue.arn, FunctionArn: functionArn, BatchSize: 10 },
        ],
      });
      await world.see(Client, new ListEventSourceMappingsCommand({ EventSourceArn: queue.arn }), {
        EventSourceMappings: [{ UUID: id }],
      });
    },
    { notOn: unset },
  ),
  contract(
    'stops feeding a function, and feeds it again',
    async (world) => {
      const { id, functionArn } = await mapped(world);
      const stateBecomes = (state: string) =>
        world.until(async () => {
          const found = await world.send(Client, new GetEventSourceMappingCommand({ UUID: id }));
          return found.FunctionArn === functionArn && found.State === state;
        });
      await stateBecomes('Enabled');
      await world.see(Client, new UpdateEventSourceMappingCommand({ UUID: id, Enabled: false }), {
        UUID: id,
      });
      await stateBecomes('Disabled');
      await world.see(Client, new UpdateEventSourceMappingCommand({ UUID: id, Enabled: true }), { UUID: id });
      await stateBecomes('Enabled');
      const other = '00000000-0000-4000-8000-000000000000';
      for (const command of [
        new UpdateEventSourceMappingCommand({ UUID: other, Enabled: true }),
        new GetEventSourceMappingCommand({ UUID: other }),
      ])
        await world.refused(Client, command, { error: 'ResourceNotFoundException' });
    },
    { notOn: unset },
  ),
];
