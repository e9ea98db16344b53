import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { SeededWorld } from '../core/world';
import type { Exit } from '../sdk/connect';
import { sandboxRequire } from './load';
import type { LambdaFunction } from './state';

/** A function's code: a CommonJS module that gets `@aws-sdk/*` and `@smithy/*` from its `require`. */
export interface Code {
  /** Relative to the package's root, for stack traces. */
  readonly file: string;
  readonly text: string;
}

export type Handler = (event: unknown, context: object) => unknown;

/** One execution environment: a single evaluation of the function's code, which serves one invocation at a time. */
export interface Sandbox {
  readonly handler: Handler;
  /** Since when it has been idle, in epoch milliseconds. */
  idleSince: number;
  /** Ends it. Calls in progress take effect but get no response, and no further calls are made. */
  kill(): void;
}

type Module = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: Record<string, unknown> },
  process: object,
  console: Console,
) => void;

/** Caches evaluated code, since parsing is slow. */
const evaluated = new Map<string, Module>();

const evaluate = (code: Code): Module => {
  const known = evaluated.get(code.text);
  if (known) return known;
  // Not node:vm: a function of this realm uses the timers and dates that virtual time has replaced.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is the user's own bundled function
  const made = new Function(
    'exports',
    'require',
    'module',
    'process',
    'console',
    `${code.text}\n//# sourceURL=/var/task/${code.file}`,
  ) as Module;
  evaluated.set(code.text, made);
  return made;
};

/**
 * The environment variables that Lambda sets in addition to the function's own (Developer Guide, "Defined runtime
 * environment variables").
 */
const environmentOf = (definition: LambdaFunction, region: string): Record<string, string> => ({
  TZ: ':UTC',
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.functionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: '[$LATEST]local',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  _HANDLER: definition.handler,
  ...definition.environment,
});

const lines = (log: (text: string) => void): Writable =>
  new Writable({
    decodeStrings: false,
    write: (chunk: unknown, _encoding, done) => {
      log(String(chunk).replace(/\n$/, ''));
      done();
    },
  });

/** An error of the runtime itself, with Lambda's name for it. */
export const runtimeError = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name });

export interface SandboxParts {
  readonly definition: LambdaFunction;
  readonly code: Code | undefined;
  readonly region: string;
  readonly exit: Exit;
  readonly world: SeededWorld;
  readonly log: (text: string) => void;
}

/**
 * Starts a sandbox: runs the module and finds its handler.
 * @throws the module's error, `Runtime.ImportModuleError` or `Runtime.HandlerNotFound`
 */
export const startSandbox = (parts: SandboxParts): Sandbox => {
  const { definition, code, region, world, log } = parts;
  const dot = definition.handler.lastIndexOf('.');
  const moduleName = definition.handler.slice(0, dot);
  if (!code) throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  let alive = true;
  const never = () => new Promise<never>(() => undefined);
  const exit: Exit = {
    region,
    answer: async (...call) => {
      if (!alive) return never();
      try {
        const answer = await parts.exit.answer(...call);
        return alive ? answer : await never();
      } catch (error) {
        if (alive) throw error;
        return never();
      }
    },
  };
  const output = lines(log);
  const ownProcess = Object.create(process, {
    env: { value: environmentOf(definition, region), writable: true },
    stdout: { value: output },
    stderr: { value: output },
  }) as object;
  const module = { exports: {} as Record<string, unknown> };
  const ownConsole = new Console({ stdout: output, stderr: output });
  evaluate(code)(module.exports, sandboxRequire(exit, world, ownProcess), module, ownProcess, ownConsole);
  const handler = module.exports[definition.handler.slice(dot + 1)];
  if (typeof handler !== 'function')
    throw runtimeError('Runtime.HandlerNotFound', `${definition.handler} is undefined or not exported`);
  return {
    handler: handler as Handler,
    idleSince: 0,
    kill: () => {
      alive = false;
    },
  };
};
