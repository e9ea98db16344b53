import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Contract, differs } from './contract';
import type { World } from './world';

const Client = SFNClient;

const notOn = { moto: 'it runs no execution: all of them succeed at once' };

const contract = (holds: string, run: Contract['run'], more: Partial<Contract> = {}): Contract => ({
  service: 'states',
  holds,
  run,
  notOn,
  ...more,
});

const passing = {
  StartAt: 'Go',
  States: { Go: { Type: 'Pass', Result: { went: true }, ResultPath: '$.go', End: true } },
};
const failing = { StartAt: 'Stop', States: { Stop: { Type: 'Fail', Error: 'Rejected', Cause: 'no' } } };

const start = async (world: World, definition: object, input: unknown = { a: 1 }): Promise<string> => {
  const stateMachineArn = await world.host.machine(world.name('contract'), definition);
  const command = new StartExecutionCommand({ stateMachineArn, name: 'run', input: JSON.stringify(input) });
  return (await world.send(Client, command)).executionArn ?? '';
};

const isOver = async (world: World, executionArn: string): Promise<boolean> => {
  const { status } = await world.send(Client, new DescribeExecutionCommand({ executionArn }));
  return status !== 'RUNNING';
};

/** Functions run on this machine on every host, so that a function can leave its token in a file. */
const leavesToken = `exports.handler = async ({ token, file }) => {
  require('node:fs').writeFileSync(file, token);
};`;

/** A machine that waits for an answer, and its token. */
const waiting = async (world: World) => {
  const functionArn = await world.host.lambda(world.name('waits'), leavesToken);
  const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'token');
  const Parameters = { FunctionName: functionArn, Payload: { 'token.$': '$$.Task.Token', file } };
  const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  const Wait = { Type: 'Task', Resource, Parameters, TimeoutSeconds: 300, End: true };
  const executionArn = await start(world, { StartAt: 'Wait', States: { Wait } });
  await world.until(async () => existsSync(file) && readFileSync(file, 'utf8') !== '');
  const taskToken = readFileSync(file, 'utf8');
  rmSync(dirname(file), { recursive: true });
  return { executionArn, taskToken };
};

export const states: readonly Contract[] = [
  contract('tells of a machine, and of none that is not there', async (world) => {
    const stateMachineArn = await world.host.machine(world.name('contract'), passing);
    await world.see(Client, new DescribeStateMachineCommand({ stateMachineArn }), {
      stateMachineArn,
      status: 'ACTIVE',
      definition: (text: string) => JSON.stringify(JSON.parse(text)) === JSON.stringify(passing),
    });
    const none = new DescribeStateMachineCommand({ stateMachineArn: `${stateMachineArn}-none` });
    await world.refused(Client, none, { error: 'StateMachineDoesNotExist' });
  }),
  contract('runs a machine, and tells its input, its output and its end', async (world) => {
    const stateMachineArn = await world.host.machine(world.name('contract'), passing);
    const begin = { stateMachineArn, name: 'run', input: '{"a":1}' };
    const started = await world.see(Client, new StartExecutionCommand(begin), {
      executionArn: /:execution:.*:run$/,
    });
    const executionArn = started.executionArn ?? '';
    await world.until(() => isOver(world, executionArn));
    await world.see(Client, new DescribeExecutionCommand({ executionArn }), {
      status: 'SUCCEEDED',
      name: 'run',
      stateMachineArn,
      input: '{"a":1}',
      output: (output: string) => JSON.stringify(JSON.parse(output)) === '{"a":1,"go":{"went":true}}',
    });
    await world.refused(Client, new DescribeExecutionCommand({ executionArn: `${executionArn}-other` }), {
      error: 'ExecutionDoesNotExist',
    });
  }),
  contract('refuses a second execution of a name with another input', async (world) => {
    const stateMachineArn = await world.host.machine(world.name('contract'), passing);
    const begin = { stateMachineArn, name: 'run', input: '{"a":1}' };
    await world.see(Client, new StartExecutionCommand(begin), { executionArn: /:run$/ });
    await world.refused(Client, new StartExecutionCommand({ ...begin, input: '{"a":2}' }), {
      error: 'ExecutionAlreadyExists',
    });
  }),
  contract('refuses a machine that is not there', async (world) => {
    const there = await world.host.machine(world.name('contract'), passing);
    await world.refused(
      Client,
      new StartExecutionCommand({ stateMachineArn: `${there}-other`, input: '{}' }),
      {
        error: 'StateMachineDoesNotExist',
      },
    );
  }),
  contract('tells with what error an execution failed', async (world) => {
    const executionArn = await start(world, failing);
    await world.until(() => isOver(world, executionArn));
    await world.see(Client, new DescribeExecutionCommand({ executionArn }), {
      status: 'FAILED',
      error: 'Rejected',
      cause: 'no',
    });
  }),
  contract('tells each step of an execution, the last first where asked', async (world) => {
    const executionArn = await start(world, passing);
    await world.until(() => isOver(world, executionArn));
    const types = ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'];
    await world.see(Client, new GetExecutionHistoryCommand({ executionArn }), {
      events: types.map((type, index) => ({ type, id: index + 1 })),
    });
    await world.see(
      Client,
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
      {
        events: [{ type: 'ExecutionSucceeded' }],
      },
    );
  }),
  contract('lists the executions of a machine by their state', async (world) => {
    const stateMachineArn = await world.host.machine(world.name('contract'), passing);
    const begin = new StartExecutionCommand({ stateMachineArn, name: 'run', input: '{}' });
    const executionArn = (await world.send(Client, begin)).executionArn ?? '';
    await world.until(() => isOver(world, executionArn));
    await world.see(Client, new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }), {
      executions: [{ executionArn, name: 'run', status: 'SUCCEEDED' }],
    });
    await world.see(Client, new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }), {
      executions: [],
    });
  }),
  contract("goes on with what a task's token was answered with", async (world) => {
    const { executionArn, taskToken } = await waiting(world);
    await world.see(Client, new SendTaskSuccessCommand({ taskToken, output: '{"done":true}' }), {});
    await world.until(() => isOver(world, executionArn));
    await world.see(Client, new DescribeExecutionCommand({ executionArn }), {
      status: 'SUCCEEDED',
      output: (output: string) => JSON.stringify(JSON.parse(output)) === '{"done":true}',
    });
  }),
  contract("fails with what a task's token was failed with", async (world) => {
    const { executionArn, taskToken } = await waiting(world);
    await world.see(Client, new SendTaskFailureCommand({ taskToken, error: 'Halted', cause: 'by ada' }), {});
    await world.until(() => isOver(world, executionArn));
    await world.see(Client, new DescribeExecutionCommand({ executionArn }), {
      status: 'FAILED',
      error: 'Halted',
      cause: 'by ada',
    });
  }),
  contract(
    'takes an answer once',
    async (world) => {
      const { executionArn, taskToken } = await waiting(world);
      await world.send(Client, new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      await world.until(() => isOver(world, executionArn));
      await world.refused(Client, new SendTaskSuccessCommand({ taskToken, output: '{}' }), {
        error: 'TaskTimedOut',
      });
      await world.refused(Client, new SendTaskFailureCommand({ taskToken }), { error: 'TaskTimedOut' });
    },
    differs(
      'ministack',
      'SendTaskSuccess',
      'says that there never was such a task',
      'https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html',
    ),
  ),
];
