/** The constructor of an SDK client. Each function imports only the clients that it uses. */
export type ClientClass<Client> = new (config: {
  region: string;
  maxAttempts: number;
  retryMode: 'standard';
}) => Client;

/**
 * One client, made once per sandbox. Four attempts with the SDK's own back-off cover short throttling; longer
 * throttling is retried by the state machine, which costs nothing while it waits.
 */
export const connect = <Client>(Class: ClientClass<Client>, region: string): Client =>
  new Class({ region, maxAttempts: 4, retryMode: 'standard' });

/**
 * A client without retries, for calls that AWS would do twice (`SendCommand` has no client token). After a lost answer the
 * step itself checks what is there before it calls again, which the SDK's own retry does not.
 */
export const connectOnce = <Client>(Class: ClientClass<Client>, region: string): Client =>
  new Class({ region, maxAttempts: 1, retryMode: 'standard' });
