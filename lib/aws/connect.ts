/** The SDK's client classes, as far as we build them: each function imports exactly those it uses. */
export type ClientClass<Client> = new (config: {
  region: string;
  maxAttempts: number;
  retryMode: 'standard';
}) => Client;

/**
 * One client, made once per sandbox. Four attempts with the SDK's own back-off cover a moment's throttling; longer
 * throttling is retried by the state machine, which costs nothing while it waits.
 */
export const connect = <Client>(Class: ClientClass<Client>, region: string): Client =>
  new Class({ region, maxAttempts: 4, retryMode: 'standard' });
