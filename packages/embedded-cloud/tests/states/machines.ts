import type { Definition } from '../../src/states/definition';
import { makeStates, type StatesService } from '../../src/services/states';
import { TestRegion } from './testRegion';

export const roleArn = 'arn:aws:iam::111122223333:role/machine';
export const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;
export const invokeAll = {
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  Resource: functionArn('*'),
} as const;

export const invoke = (name: string, more: object = {}) => ({
  Type: 'Task' as const,
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn(name), 'Payload.$': '$' },
  ...more,
});

/** The function of this state puts the token into `tokens`. */
export const park = (more: object = {}) => ({
  Type: 'Task' as const,
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: functionArn('park'), Payload: { 'token.$': '$$.Task.Token' } },
  ...more,
});

export class Failing extends Error {
  override readonly name = 'ProvisionFailed';
}

/** A region with one machine, `deploy`, and a function `park`. */
export const make = (states: Record<string, object>, options: { TimeoutSeconds?: number } = {}) => {
  const testRegion = new TestRegion();
  const service = makeStates(testRegion.region);
  testRegion.services.states = service;
  testRegion.roles[roleArn] = [invokeAll];
  const StartAt = Object.keys(states)[0] ?? '';
  // Tests write definitions in AWS's form, including wrong ones.
  const definition = { StartAt, States: states, ...options } as unknown as Definition;
  const machineArn = service.createStateMachine({ name: 'deploy', roleArn, definition });
  const tokens: string[] = [];
  testRegion.functions.park = async (event) => void tokens.push((event as { token: string }).token);
  return { testRegion, service, machineArn, tokens };
};

export type World = ReturnType<typeof make>;

export const start = async ({ testRegion, machineArn }: World, input: unknown = {}, name = 'api-1') => {
  const request = { stateMachineArn: machineArn, name, input: JSON.stringify(input) };
  const { executionArn } = (await testRegion.call('states', 'StartExecution', request)) as {
    executionArn: string;
  };
  return executionArn;
};

export const execution = (service: StatesService, arn: string) => {
  const found = service.state.executions[arn];
  if (!found) throw new Error(`no execution ${arn}`);
  return found;
};

export const runToEnd = async (world: World, input: unknown = {}) => {
  const arn = await start(world, input);
  await world.testRegion.pass();
  return execution(world.service, arn);
};

/** The states that the execution has entered, in order. */
export const path = (world: World, arn: string) =>
  execution(world.service, arn).history.flatMap(
    ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [],
  );
