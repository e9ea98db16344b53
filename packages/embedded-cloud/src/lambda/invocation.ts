import type { Clock } from '../core/clock';
import type { SeededWorld } from '../core/world';
import type { Caller, Region } from '../core/service';
import type { Exit } from '../sdk/connect';
import { accountConcurrency } from './concurrency';
import { errorOf, exited, payloadOf, timedOut, type Outcome } from './answer';
import type { Pool } from './pool';
import { startSandbox, type Code, type Sandbox } from './sandbox';
import { addLog, type LambdaFunction, type LambdaState } from './state';

/** What running code needs from the cloud, beyond what a service gets. */
export interface Runtime {
  readonly clock: Clock;
  readonly world: SeededWorld;
  readonly answer: (
    region: string,
    caller: Caller,
    service: string,
    action: string,
    input: unknown,
  ) => Promise<unknown>;
}

/** What all invocations of a region share. */
export interface Invoker {
  readonly region: Region;
  readonly runtime: Runtime;
  readonly pool: Pool;
  readonly state: () => LambdaState;
  readonly codeOf: (handler: string) => Code | undefined;
}

const exitOf = ({ region, runtime }: Invoker, definition: LambdaFunction): Exit => {
  const caller: Caller = { kind: 'function', arn: definition.roleArn, name: definition.functionName };
  return {
    region: region.name,
    answer: (name, service, action, input) => runtime.answer(name, caller, service, action, input),
  };
};

const coldStart = async (invoker: Invoker, definition: LambdaFunction): Promise<Sandbox> => {
  const { region, runtime } = invoker;
  const { functionName, handler } = definition;
  const chance = region.chanceOf(functionName);
  await runtime.clock.sleep(chance.around(region.timings.coldStartMs, region.timings.spread));
  return startSandbox({
    definition,
    code: invoker.codeOf(handler),
    region: region.name,
    exit: exitOf(invoker, definition),
    world: runtime.world,
    log: (text) => {
      addLog(invoker.state(), { at: region.now(), functionName, text });
      if (text.includes('"_aws"')) region.service('cloudwatch').logged(text);
    },
  });
};

const acquire = async (invoker: Invoker, definition: LambdaFunction): Promise<Sandbox> => {
  const { region, runtime, pool } = invoker;
  const warm = pool.take(definition.functionName, region.now());
  if (!warm) return coldStart(invoker, definition);
  const chance = region.chanceOf(definition.functionName);
  await runtime.clock.sleep(chance.around(region.timings.warmStartMs, region.timings.spread));
  return warm;
};

/** The context object of the Node.js runtime. */
const contextOf = (definition: LambdaFunction, requestId: string, now: () => number): object => {
  const deadline = now() + definition.timeoutSeconds * 1000;
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: requestId,
    functionName: definition.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: definition.functionArn,
    memoryLimitInMB: String(definition.memoryMb),
    logGroupName: `/aws/lambda/${definition.functionName}`,
    logStreamName: '[$LATEST]local',
    getRemainingTimeInMillis: () => deadline - now(),
  };
};

/** Runs the handler for at most the function's timeout; undefined if it timed out. */
const runHandler = (
  { runtime, region }: Invoker,
  definition: LambdaFunction,
  sandbox: Sandbox,
  call: { readonly payload: string; readonly requestId: string; readonly hang: boolean },
): Promise<Outcome | undefined> =>
  new Promise((resolve) => {
    const stop = runtime.clock.after(definition.timeoutSeconds * 1000, () => {
      resolve(undefined);
    });
    const end = (outcome: Outcome) => {
      if (call.hang) return;
      stop();
      resolve(outcome);
    };
    const event: unknown = JSON.parse(call.payload);
    const context = contextOf(definition, call.requestId, () => region.now());
    Promise.resolve()
      .then(() => sandbox.handler(event, context))
      .then(payloadOf)
      .catch((thrown: unknown) => ({ error: errorOf(thrown) }))
      .then(end)
      .catch((error: unknown) => {
        runtime.clock.fail(error);
      });
  });

const bill = ({ region }: Invoker, definition: LambdaFunction, startedAt: number): void => {
  region.meter?.('lambdaRequests', 1);
  region.meter?.('lambdaGbSeconds', ((region.now() - startedAt) / 1000) * (definition.memoryMb / 1024));
};

/**
 * One invocation, from the start of its sandbox to its response. A sandbox that times out or dies is not used again.
 * Its calls in progress take effect, but it makes no further ones (Lambda kills the process).
 * @throws AwsError `TooManyRequestsException` if the function's concurrency is used up
 */
export const invokeOnce = async (
  invoker: Invoker,
  definition: LambdaFunction,
  payload: string,
  requestId: string,
): Promise<Outcome> => {
  const { region, runtime, pool } = invoker;
  const { functionName } = definition;
  const { invocations, functions } = invoker.state();
  pool.begin(definition, {
    unreserved: accountConcurrency(region, functions).unreserved,
    isReserved: (name) => functions[name]?.reservedConcurrency !== undefined,
  });
  const count = invocations[functionName] ?? 0;
  invocations[functionName] = count + 1;
  const startedAt = region.now();
  const unwatch = runtime.clock.watch(requestId, functionName);
  try {
    const event: unknown = JSON.parse(payload);
    const fault = region.faults.invocation?.({ region: region.name, functionName, event, count });
    if (fault === 'before') return { error: exited(requestId) };
    const sandbox = await acquire(invoker, definition);
    const outcome = await runHandler(invoker, definition, sandbox, {
      payload,
      requestId,
      hang: fault === 'hang',
    });
    if (outcome && fault !== 'after') {
      pool.giveBack(functionName, sandbox, region.now());
      return outcome;
    }
    sandbox.kill();
    return { error: outcome ? exited(requestId) : timedOut(requestId, definition.timeoutSeconds) };
  } catch (thrown) {
    // The module itself threw. Lambda answers as if the handler had.
    return { error: errorOf(thrown) };
  } finally {
    bill(invoker, definition, startedAt);
    unwatch();
    pool.end(functionName);
  }
};
