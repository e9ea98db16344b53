import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type ActiveRegion, cached } from './activeRegion';
import {
  admit,
  recordFailure,
  recordSuccess,
  type Breaker,
  type BreakerSettings,
  type CircuitState,
  closedBreaker,
  defaultBreaker,
} from './breaker';
import { type FailedTry, InvalidMessage, InvalidMessagingSettings, MessageNotTaken } from './errors';
import { messageOf, nameOf } from './failure';
import { checkOutgoing, type IdentifiedMessage, type OutgoingMessage, sendInput } from './outgoing';
import type { RegionalQueue } from './regionalQueue';
import type { Spool } from './spool';
import { withinTime } from './withinTime';

export interface PublisherSettings {
  /** Home first, then the standby. */
  readonly destinations: readonly RegionalQueue[];
  /** Tried in this order when no region takes a message. */
  readonly spools?: readonly Spool[];
  /** Which region goes first. Default: the first destination. */
  readonly activeRegion?: ActiveRegion;
  /** How long the active region is cached. Default: 3. */
  readonly activeRegionCacheSeconds?: number;
  /** How long to wait for one region or spool, with the SDK's own retries. Default: 3. */
  readonly timeoutSeconds?: number;
  readonly breaker?: Partial<BreakerSettings>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
  /** A signal that fires after so many milliseconds. Default: `AbortSignal.timeout`. */
  readonly timeout?: (ms: number) => AbortSignal;
}

/** Where a message went. */
export type Receipt = {
  readonly id: string;
  /** Where it was tried before. After a time-out it may be there as well: consumers recognise the two by their id. */
  readonly tries: readonly FailedTry[];
} & (
  | { readonly spooled: false; readonly region: string; readonly messageId: string }
  | { readonly spooled: true; readonly spool: string }
);

export interface Publisher {
  /**
   * Sends a message to the active region, else to the others, else to a spool.
   * @throws InvalidMessage, MessageNotTaken
   */
  publish(message: OutgoingMessage): Promise<Receipt>;
  /** The same, but never to a spool: for replays. @throws InvalidMessage, MessageNotTaken */
  send(message: OutgoingMessage): Promise<Receipt>;
  /** The circuit of each region, for metrics. */
  circuits(): Readonly<Record<string, CircuitState>>;
}

/** Errors with which SQS refuses the message itself: another region would refuse it, too. */
const refusals = new Set([
  'InvalidMessageContents',
  'InvalidAttributeValue',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MissingParameter',
  'UnsupportedOperation',
]);

/**
 * A publisher that outlives a region: keep one for the life of the sandbox, since it remembers which regions fail.
 * @throws InvalidMessagingSettings
 */
export const publisher = (settings: PublisherSettings): Publisher => {
  checkSettings(settings);
  return new FailoverPublisher(settings);
};

const checkSettings = ({ destinations, timeoutSeconds, breaker }: PublisherSettings): void => {
  const regions = destinations.map(({ region }) => region);
  const problems = [
    regions.length === 0 && 'destinations is empty, expected the home region and a standby',
    new Set(regions).size < regions.length && `destinations name a region twice: ${regions.join(', ')}`,
    timeoutSeconds !== undefined &&
      !(timeoutSeconds > 0) &&
      `timeoutSeconds is ${String(timeoutSeconds)}, expected more than 0`,
    breaker?.failuresToOpen !== undefined &&
      !(breaker.failuresToOpen >= 1) &&
      `breaker.failuresToOpen is ${String(breaker.failuresToOpen)}, expected at least 1`,
    breaker?.openMs !== undefined &&
      !(breaker.openMs > 0) &&
      `breaker.openMs is ${String(breaker.openMs)}, expected more than 0`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new InvalidMessagingSettings(problems);
};

class FailoverPublisher implements Publisher {
  private readonly breakers = new Map<string, Breaker>();
  private readonly breakerSettings: BreakerSettings;
  private readonly timeout: (ms: number) => AbortSignal;
  private readonly timeoutMs: number;
  private readonly activeRegion: ActiveRegion | undefined;

  constructor(private readonly settings: PublisherSettings) {
    this.breakerSettings = { ...defaultBreaker, ...settings.breaker };
    this.timeout = settings.timeout ?? ((ms) => AbortSignal.timeout(ms));
    this.timeoutMs = (settings.timeoutSeconds ?? 3) * 1000;
    this.activeRegion =
      settings.activeRegion &&
      cached(settings.activeRegion, {
        cacheMs: (settings.activeRegionCacheSeconds ?? 3) * 1000,
        patienceMs: 500,
        clock: settings.clock,
        timeout: this.timeout,
      });
  }

  publish(message: OutgoingMessage): Promise<Receipt> {
    return this.place(message, this.settings.spools ?? []);
  }

  send(message: OutgoingMessage): Promise<Receipt> {
    return this.place(message, []);
  }

  circuits(): Readonly<Record<string, CircuitState>> {
    return Object.fromEntries(
      this.settings.destinations.map(({ region }) => [region, this.breakerOf(region).state]),
    );
  }

  private async place(outgoing: OutgoingMessage, spools: readonly Spool[]): Promise<Receipt> {
    const message: IdentifiedMessage = { ...outgoing, id: outgoing.id ?? this.settings.newId() };
    checkOutgoing(message);
    const tries: FailedTry[] = [];
    const skipped: RegionalQueue[] = [];
    for (const destination of await this.inOrder()) {
      if (!this.isAllowed(destination.region)) skipped.push(destination);
      else {
        const receipt = await this.trySend(message, destination, tries);
        if (receipt) return receipt;
      }
    }
    for (const spool of spools) {
      const receipt = await this.trySpool(message, spool, tries);
      if (receipt) return receipt;
    }
    // Nothing else is left: a region with an open circuit may work again.
    for (const destination of skipped) {
      const receipt = await this.trySend(message, destination, tries);
      if (receipt) return receipt;
    }
    throw new MessageNotTaken(message.id, tries);
  }

  private async inOrder(): Promise<readonly RegionalQueue[]> {
    const { destinations } = this.settings;
    const active = await this.activeRegion?.current();
    const first = destinations.filter(({ region }) => region === active);
    return [...first, ...destinations.filter(({ region }) => region !== active)];
  }

  private isAllowed(region: string): boolean {
    const { allowed, next } = admit(this.breakerOf(region), this.settings.clock(), this.breakerSettings);
    this.breakers.set(region, next);
    return allowed;
  }

  private async trySend(
    message: IdentifiedMessage,
    { region, client, queueUrl }: RegionalQueue,
    tries: FailedTry[],
  ): Promise<Receipt | undefined> {
    try {
      const { MessageId: messageId } = await this.inTime((signal) =>
        client.send(new SendMessageCommand(sendInput(message, queueUrl)), { abortSignal: signal }),
      );
      this.breakers.set(region, recordSuccess());
      return { id: message.id, spooled: false, region, messageId: messageId ?? '', tries };
    } catch (error) {
      if (refusals.has(nameOf(error))) {
        // The region works: it is the message that is invalid.
        this.breakers.set(region, recordSuccess());
        throw new InvalidMessage([`SQS refused it: ${messageOf(error)}`], { cause: error });
      }
      const { breakerSettings, settings } = this;
      this.breakers.set(region, recordFailure(this.breakerOf(region), settings.clock(), breakerSettings));
      tries.push({ where: region, error: nameOf(error), message: messageOf(error) });
      return undefined;
    }
  }

  private async trySpool(
    message: IdentifiedMessage,
    spool: Spool,
    tries: FailedTry[],
  ): Promise<Receipt | undefined> {
    const spooled = { message, spooledAt: this.settings.clock() };
    try {
      await this.inTime((signal) => spool.put(spooled, signal));
      return { id: message.id, spooled: true, spool: spool.name, tries };
    } catch (error) {
      tries.push({ where: spool.name, error: nameOf(error), message: messageOf(error) });
      return undefined;
    }
  }

  private inTime<Answer>(work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const message = `No answer within ${String(this.timeoutMs)} ms; it may have taken the message all the same.`;
    return withinTime(work, this.timeout(this.timeoutMs), message);
  }

  private breakerOf(region: string): Breaker {
    return this.breakers.get(region) ?? closedBreaker;
  }
}
