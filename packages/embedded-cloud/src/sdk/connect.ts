import { retryMiddleware } from '@smithy/core/retry';
import { HttpResponse } from '@smithy/core/protocols';
import { AwsError } from '../core/errors';
import { toSdkError, type ErrorSource } from './errors';
import { prefixOf } from './prefixes';

/** An SDK v3 client class, or a function's subclass of one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each client has a configuration type of its own
export type ClientClass<Client> = new (...config: any[]) => Client;

/** Where a client sends its calls. */
export interface Exit {
  /** The default region of clients. */
  readonly region: string;
  /**
   * Answers a call: `service` is IAM's prefix, `action` the command's name without `Command`. Throws an {@link
   * AwsError} with the code on the wire.
   */
  readonly answer: (region: string, service: string, action: string, input: unknown) => Promise<unknown>;
}

type Handler = (arguments_: {
  input: object;
  request: unknown;
}) => Promise<{ response: unknown; output: object }>;

/** The parts of an SDK client that are used here. They are the same in all clients. */
interface AnyClient {
  readonly config: {
    readonly serviceId: string;
    readonly protocol?: object;
    readonly region: () => Promise<string>;
  } & ErrorSource &
    Parameters<typeof retryMiddleware>[0];
  readonly middlewareStack: {
    add(
      middleware: (next: unknown, context: Context) => Handler,
      options: { step: 'serialize'; priority: 'high'; name: string },
    ): void;
  };
}

type Context = Parameters<ReturnType<typeof retryMiddleware>>[1] & {
  readonly commandName?: string;
  readonly __smithy_context?: { readonly abortSignal?: AbortSignal };
};

/**
 * Replaces everything that a client would read from files or the environment, which would be neither virtual nor
 * reproducible. The handler cache avoids building the middleware stack for every call.
 */
const settings = (region: string) => ({
  region,
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'local' },
  maxAttempts: 3,
  retryMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  defaultsMode: 'legacy',
  userAgentAppId: '',
  authSchemePreference: [],
  ignoreConfiguredEndpointUrls: true,
  // Without a logger the SDK filters the inputs and outputs of every call for a log that is not written.
  logger: {},
  // Used by DynamoDB alone, whose client reserves space for a thousand endpoints.
  endpointCacheSize: 1,
});

/** The SDK's error when the caller's signal aborts a request. */
const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });

const abortable = async <Answer>(work: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> => {
  if (!signal) return work;
  if (signal.aborted) throw aborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(aborted());
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
};

const response = new HttpResponse({ statusCode: 200 });

const answering =
  (client: AnyClient, exit: Exit) =>
  (_next: unknown, context: Context): Handler => {
    const action = (context.commandName ?? '').replace(/Command$/, '');
    const service = prefixOf(client.config.serviceId);
    const once = async ({ input }: { input: object }) => {
      try {
        const region = await client.config.region();
        const answer = exit.answer(region, service, action, input);
        const output = (await abortable(answer, context.__smithy_context?.abortSignal)) as object;
        return { response, output: { ...output, $metadata: { httpStatusCode: 200 } } };
      } catch (error) {
        throw error instanceof AwsError ? toSdkError(error, client.config) : error;
      }
    };
    // The SDK types its handlers by middleware stacks. There are none here, since no request is serialised.
    type Retried = Parameters<ReturnType<typeof retryMiddleware>>[0];
    const send = retryMiddleware(client.config)(once as unknown as Retried, context) as unknown as Handler;
    return ({ input }) => send({ input, request: undefined });
  };

/**
 * Caches each client class's protocol, which is the most expensive part of a client. A protocol holds only schemas
 * and is never used, since calls are answered before they are serialised. So all clients of a class can share it.
 */
const protocols = new WeakMap<object, object>();

/**
 * A subclass of an SDK v3 client class whose calls are answered by the cloud: below the SDK's own retry layer, above
 * its serialisation. Waiters, paginators, back-off, attempts and error classes are the SDK's own.
 */
export const subclass = <Class extends ClientClass<object>>(Original: Class, exit: Exit): Class => {
  const Subclass = class extends (Original as ClientClass<object>) {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a mixin's constructor must take any[]
    constructor(...given: any[]) {
      const config = (given[0] ?? {}) as object;
      const protocol = protocols.get(Original);
      super({ ...settings(exit.region), ...(protocol && { protocol }), ...config, cacheMiddleware: true });
      // The clients' common base types its middleware by each service's commands.
      const client = this as unknown as AnyClient;
      if (client.config.protocol && !('protocol' in config)) protocols.set(Original, client.config.protocol);
      client.middlewareStack.add(answering(client, exit), {
        step: 'serialize',
        priority: 'high',
        name: 'embeddedCloud',
      });
    }
  };
  Object.defineProperty(Subclass, 'name', { value: Original.name });
  // TypeScript loses the type parameter in a mixin.
  return Subclass as unknown as Class;
};

/** Makes clients that are answered by the cloud: `connect(exit)(EC2Client)`. */
export const connect =
  (exit: Exit) =>
  <Client>(Class: ClientClass<Client>, config?: object): Client =>
    new (subclass(Class as ClientClass<object>, exit) as ClientClass<Client>)(config ?? {});
