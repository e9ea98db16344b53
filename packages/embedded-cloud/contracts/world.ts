import type { Expected } from './match';
import { mismatches } from './match';
import type { HostName } from './names';

/** The part of an SDK client that a contract needs. */
interface AnyClient {
  send(command: object): Promise<unknown>;
  destroy(): void;
}

/** An SDK command with the type of its output. */
export interface Sendable<Output> {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each client's stack is of a type of its own
  resolveMiddleware(...given: any[]): (given: any) => Promise<{ readonly output: Output }>;
}

export type ClientClass<Client> = new (configuration: object) => Client;

/** Resources that contracts need. Each host creates them in its own way. */
export interface Ground {
  readonly imageId: string;
  readonly templateId: string;
  /** Two, in different zones. */
  readonly subnetIds: readonly string[];
  readonly targetGroupArn: string;
  /** An application load balancer with one listener, which forwards to the target group. */
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  readonly securityGroupId: string;
}

/** Where contracts are checked: a cloud in memory, or an endpoint. */
export interface Host {
  readonly name: HostName;
  connect<Client>(Class: ClientClass<Client>): Client;
  /** Created at the first call. */
  ground(): Promise<Ground>;
  /** An SNS topic. @returns its ARN */
  topic(name: string): Promise<string>;
  /** @returns the machine's ARN */
  machine(name: string, definition: object): Promise<string>;
  /** Node.js code with an exported `handler`. @returns the function's ARN */
  lambda(name: string, code: string): Promise<string>;
  /** A mapping from a queue to a function, both by ARN. @returns its UUID */
  mapping(queueArn: string, functionArn: string): Promise<string>;
  /** The pause between two polls. */
  pause(): Promise<void>;
  /** Runs work in the host's time. */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

/** An answer differed from the contract. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';

  constructor(
    readonly action: string,
    problem: string,
  ) {
    super(`${action}: ${problem}`);
  }
}

/** The host does not know an action. */
export class UnknownAction extends Error {
  override readonly name = 'UnknownAction';

  constructor(
    readonly action: string,
    cause: unknown,
  ) {
    super(`${action} is not known`, { cause });
  }
}

interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const unknownNames =
  /^(InvalidAction|UnknownOperation(Exception)?|UnsupportedOperation(Exception)?|NotImplemented(Error)?|UnknownAction|404|501)$/;

/** moto answers with an HTML page, MiniStack with a text that the SDK cannot read. */
const unknownTexts =
  /not (been )?implemented|unknown action|<!doctype|mismatched tags <html>|^UnknownError$/i;

const isUnknown = ({ name, message, $metadata }: Refusal): boolean =>
  unknownNames.test(name) || $metadata?.httpStatusCode === 501 || unknownTexts.test(message);

const actionOf = (command: object): string => command.constructor.name.replace(/Command$/, '');

/** The expected error. */
export interface Refused {
  readonly error: string;
  readonly message?: RegExp;
  /** Further members of the exception. */
  readonly more?: Expected;
}

let made = 0;

/** What a contract gets: clients, the host's resources, unique names. */
export class World {
  /** The actions whose answers matched the contract. */
  readonly seen = new Set<string>();
  /** Those that succeeded, rather than being refused as expected. */
  readonly answered = new Set<string>();
  private readonly clients = new Map<unknown, AnyClient>();

  constructor(readonly host: Host) {
    made += 1;
  }

  /** A name that no other contract of this process uses. */
  name(stem: string): string {
    return `${stem}-${String(made)}`;
  }

  client<Client>(Class: ClientClass<Client>): Client {
    const known = this.clients.get(Class) ?? (this.host.connect(Class) as AnyClient);
    this.clients.set(Class, known);
    return known as Client;
  }

  /**
   * Sends a command whose answer must be `expected`.
   * @throws Mismatch, UnknownAction
   */
  async see<Client, Output>(
    Class: ClientClass<Client>,
    command: Sendable<Output>,
    expected: Expected,
  ): Promise<Output> {
    const action = actionOf(command);
    const answer = await this.send(Class, command).catch((error: unknown) => {
      if (error instanceof UnknownAction) throw error;
      throw new Mismatch(action, `refused: ${(error as Error).name}: ${(error as Error).message}`);
    });
    this.note(action, mismatches(expected, answer));
    this.answered.add(action);
    return answer;
  }

  /** Sends a command that must be refused. @throws Mismatch, UnknownAction */
  async refused<Client>(
    Class: ClientClass<Client>,
    command: Sendable<unknown>,
    expected: Refused,
  ): Promise<void> {
    const action = actionOf(command);
    const error = await this.send(Class, command).then(
      () => undefined,
      (caught: unknown) => caught as Refusal,
    );
    if (error instanceof UnknownAction) throw error;
    if (!error) throw new Mismatch(action, `was done instead of refused with ${expected.error}`);
    const named = { name: expected.error, ...(expected.message && { message: expected.message }) };
    this.note(action, [
      ...mismatches(named, error, 'error'),
      ...(expected.more === undefined ? [] : mismatches(expected.more, error, 'error')),
    ]);
  }

  /** Sends a command that only prepares the contract. @throws UnknownAction, or the client's error */
  async send<Client, Output>(Class: ClientClass<Client>, command: Sendable<Output>): Promise<Output> {
    try {
      return (await (this.client(Class) as AnyClient).send(command)) as Output;
    } catch (error) {
      if (isUnknown(error as Refusal)) throw new UnknownAction(actionOf(command), error);
      throw error;
    }
  }

  /** Polls until the condition holds. @throws Error after a hundred polls */
  async until(holds: () => Promise<boolean>): Promise<void> {
    for (let looks = 0; looks < 100; looks += 1) {
      if (await holds()) return;
      await this.host.pause();
    }
    throw new Error('What the contract waited for did not come.');
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private note(action: string, problems: readonly string[]): void {
    if (problems.length > 0) throw new Mismatch(action, problems.join('; '));
    this.seen.add(action);
  }
}
