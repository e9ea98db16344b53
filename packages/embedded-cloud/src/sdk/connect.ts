import { retryMiddleware } from '@smithy/core/retry';
import { HttpResponse } from '@smithy/core/protocols';
import { AwsError } from '../core/errors';
import { toSdkError, type ErrorSource } from './errors';
import { prefixOf } from './prefixes';

/** An SDK v3 client class, or a function's subclass of one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each client has a configuration type of its own
export type ClientClass<Client> = new (...config: any[]) => Client;

/** Where a client's calls go. */
export interface Exit {
  /** The region of clients that are not given one. */
  readonly region: string;
  /**
   * Answers a call: `service` is IAM's prefix, `action` the command's name without `Command`. Refuses with an
   * {@link AwsError} by the code on the wire.
   */
  readonly answer: (region: string, service: string, action: string, input: unknown) => Promise<unknown>;
}

type Handler = (arguments_: {
  input: object;
  request: unknown;
}) => Promise<{ response: unknown; output: object }>;

/** The parts of an SDK client that are used here; they are the same for all of them. */
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
 * Everything that a client would otherwise look up in files or the environment, which would be neither virtual nor
 * the same twice. The handler cache saves building the middleware stack for every call, an empty logger the filtering of
 * each input and output for a log that nobody reads.
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
  // Without one the SDK filters what it would log of every call, and throws it away.
  logger: {},
  // Of DynamoDB alone, which lays out room for a thousand endpoints.
  endpointCacheSize: 1,
});

/** What the SDK's request handler throws when the caller's signal fires. */
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
    // The SDK types its handlers by middleware stacks that do not exist here: no request is serialised.
    type Retried = Parameters<ReturnType<typeof retryMiddleware>>[0];
    const send = retryMiddleware(client.config)(once as unknown as Retried, context) as unknown as Handler;
    return ({ input }) => send({ input, request: undefined });
  };

/**
 * By client class: its protocol, which holds schemas alone and is the dearest part of a client. It is never asked,
 * since calls are answered before they are serialised, so that all clients of a class can have the same.
 */
const protocols = new WeakMap<object, object>();

/**
 * A subclass of an SDK v3 client class whose instances are answered by the cloud: below the SDK's own retry layer,
 * above its serialisation. Waiters, paginators, back-off, attempts and error classes are the SDK's own.
 */
export const subclass = <Class extends ClientClass<object>>(Original: Class, exit: Exit): Class => {
  const Subclass = class extends (Original as ClientClass<object>) {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a mixin's constructor must take any[]
    constructor(...given: any[]) {
      const config = (given[0] ?? {}) as object;
      const protocol = protocols.get(Original);
      super({ ...settings(exit.region), ...(protocol && { protocol }), ...config, cacheMiddleware: true });
      // The clients' common base, which types their middleware by each service's commands.
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
