import { noteCall } from './failure';

/** The constructor of an SDK client. Each function imports only the clients that it uses. */
export type ClientClass<Client> = new (config: {
  region: string;
  maxAttempts: number;
  retryMode: 'standard';
}) => Client;

interface MiddlewareStack {
  add(
    middleware: (
      next: (args: never) => Promise<unknown>,
      context: { readonly clientName?: string; readonly commandName?: string },
    ) => (args: never) => Promise<unknown>,
    options: { readonly step: 'initialize'; readonly name: string },
  ): void;
}

/** Has each error of the client tell which call it answered; the SDK's errors do not. */
const tellingCalls = <Client>(client: Client): Client => {
  const { middlewareStack } = client as { readonly middlewareStack?: MiddlewareStack };
  middlewareStack?.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          noteCall(error, `${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`);
          throw error;
        }
      },
    { step: 'initialize', name: 'forsetiCall' },
  );
  return client;
};

/**
 * One client, made once per sandbox. Four attempts with the SDK's own back-off cover short throttling; longer
 * throttling is retried by the state machine, which costs nothing while it waits.
 */
export const connect = <Client>(Class: ClientClass<Client>, region: string): Client =>
  tellingCalls(new Class({ region, maxAttempts: 4, retryMode: 'standard' }));

/**
 * A client without retries, for calls that AWS would do twice (`SendCommand` has no client token). After a lost answer the
 * step itself checks what is there before it calls again, which the SDK's own retry does not.
 */
export const connectOnce = <Client>(Class: ClientClass<Client>, region: string): Client =>
  tellingCalls(new Class({ region, maxAttempts: 1, retryMode: 'standard' }));
