import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { activeRegionInTable, type Publisher, publisher } from '@forseti/messaging';
import { Table } from '../../lib/aws/table';
import { drillBody, drillKey } from '../../lib/intake/drill';
import { activeName } from '../../lib/failover/regionsTable';
import { askedBy } from '../session/ask';
import { UsageError } from '../terminal/errors';
import { changeActiveRegion } from './changeActiveRegion';
import { queueUrlOf, regionsSeen } from '../queries/regions';
import type { Session } from '../session/session';

/** The measurements of a drill, in seconds of the session's time. */
export interface DrillReport {
  readonly home: string;
  readonly standby: string;
  /** `outage`: home was down and the probes found it. `by hand`: home was evacuated by a command. */
  readonly manner: 'outage' | 'by hand';
  /** From the outage until the standby was active and had processed a message that was sent to it as the active one. */
  readonly recoverySeconds: number;
  /** From home's recovery until home was active and had processed such a message. */
  readonly failbackSeconds: number;
  /** Messages that were acknowledged but never processed. */
  readonly recoveryPoint: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly taken: number;
}

export interface DrillOptions {
  readonly everyMs?: number;
  /** The limit for each way. */
  readonly maxMs?: number;
}

const defaults = { everyMs: 5_000, maxMs: 30 * 60_000 };

/** Sends messages and notes which were acknowledged. */
class Sender {
  sent = 0;
  readonly acknowledged: number[] = [];

  constructor(
    private readonly drill: string,
    private readonly messages: Publisher,
  ) {}

  /** @returns the message's index if `region` took it at the first try. */
  async send(region: string): Promise<number | undefined> {
    const index = this.sent;
    this.sent += 1;
    const { drill } = this;
    try {
      const receipt = await this.messages.publish({
        id: `${drill.replace(/\W/g, '-')}-${String(index)}`,
        body: drillBody({ drill, index }),
      });
      this.acknowledged.push(index);
      return !receipt.spooled && receipt.region === region && receipt.tries.length === 0 ? index : undefined;
    } catch {
      return undefined;
    }
  }
}

/** One drill: sends messages all the time, and watches which region is active and which messages were processed. */
class DrillRun {
  private readonly sender: Sender;
  private readonly taken = new Set<number>();

  constructor(
    private readonly session: Session,
    private readonly regions: readonly [string, string],
    private readonly drill: string,
    private readonly queueUrl: (region: string) => string,
    private readonly options: Required<DrillOptions>,
  ) {
    const [home, standby] = regions;
    this.sender = new Sender(
      drill,
      publisher({
        clock: () => session.now(),
        newId: () => session.newId(),
        destinations: regions.map((region) => ({
          region,
          queueUrl: this.queueUrl(region),
          client: session.connectIn(region, SQSClient),
        })),
        activeRegion: activeRegionInTable({
          clients: [standby, home].map((region) => session.connectIn(region, DynamoDBClient)),
          tableName: session.names.regionsTable,
          key: { name: activeName },
        }),
      }),
    );
  }

  /**
   * Sends until `wanted` is active and has processed a message that was sent to it as the active one.
   * @returns milliseconds since `from`.
   */
  async until(wanted: string, from: number): Promise<number> {
    const { session, options } = this;
    const first: number[] = [];
    while (session.now() - from < options.maxMs) {
      const index = await this.sender.send(wanted);
      if (index !== undefined && (await this.active()) === wanted) first.push(index);
      for (const one of first) if (await this.isTaken(one)) return session.now() - from;
      await session.sleep(options.everyMs);
    }
    throw new Error(
      `${wanted} has not become active within ${String(options.maxMs / 60_000)} minutes: look at "forseti region status".`,
    );
  }

  /** Waits until all acknowledged messages are processed, up to the limit. */
  async settle(): Promise<Pick<DrillReport, 'sent' | 'acknowledged' | 'taken' | 'recoveryPoint'>> {
    const { session, options, sender } = this;
    const from = session.now();
    let open = [...sender.acknowledged];
    for (;;) {
      const left: number[] = [];
      for (const index of open) if (!(await this.isTaken(index))) left.push(index);
      open = left;
      if (open.length === 0 || session.now() - from > options.maxMs) break;
      await session.sleep(options.everyMs);
    }
    const acknowledged = sender.acknowledged.length;
    return {
      sent: sender.sent,
      acknowledged,
      taken: acknowledged - open.length,
      recoveryPoint: open.length,
    };
  }

  private async active(): Promise<string> {
    const [home, standby] = this.regions;
    const source = activeRegionInTable({
      clients: [standby, home].map((region) => this.session.connectIn(region, DynamoDBClient)),
      tableName: this.session.names.regionsTable,
      key: { name: activeName },
    });
    return (await source.current()) ?? home;
  }

  /** Intake notes a message in the region that took it. A region that is down is asked again later. */
  private async isTaken(index: number): Promise<boolean> {
    if (this.taken.has(index)) return true;
    for (const region of this.regions) {
      const client = this.session.connectIn(region, DynamoDBClient);
      const table = new Table<{ key: string }>(client, this.session.names.requestsTable);
      const key = drillKey({ drill: this.drill, index });
      const item = await table.get({ key }).catch(() => undefined);
      if (item) {
        this.taken.add(index);
        return true;
      }
    }
    return false;
  }
}

/** How long home is down on the embedded cloud: long enough for the probes to find it. */
const outageMs = 12 * 60_000;

/** Changes the active region. @throws Error where nothing was changed: the drill would wait for it in vain. */
const changeOrThrow = async (...given: Parameters<typeof changeActiveRegion>): Promise<void> => {
  const { done, message } = await changeActiveRegion(...given);
  if (!done) throw new Error(message);
};

/**
 * Evacuates home and comes back, while messages are sent. On the embedded cloud home is down and the probes have to find it;
 * in an account a command changes the active region, and the probes may change it too.
 * @throws UsageError without a standby, or where home is not active.
 */
export const drill = async (session: Session, options: DrillOptions = {}): Promise<DrillReport> => {
  const { home, standby, active, last } = await regionsSeen(session);
  if (standby === undefined)
    throw new UsageError(
      'The stack has no standby region: there is nothing to drill.' +
        (session.local
          ? ' Make a cloud that has one: forseti local reset --cloud examples/clouds/two-regions.yml'
          : ''),
    );
  if (active !== home || last?.pinned)
    throw new UsageError(`${active} is active${last?.pinned ? ' by hand' : ''}: fail back before the drill.`);
  const name = `drill ${new Date(session.now()).toISOString()}`;
  const run = new DrillRun(session, [home, standby], name, queueUrlOf(session, 'requests'), {
    ...defaults,
    ...options,
  });
  const byHand = { by: askedBy(session), reason: name, auto: true };
  const from = session.now();
  const { outages } = session;
  let isBack = false;
  try {
    if (outages) await outages([{ region: home, from, until: from + outageMs }]);
    else await changeOrThrow(session, 'failover', byHand);
    const recoveryMs = await run.until(standby, from);
    const wellAt = outages ? Math.max(session.now(), from + outageMs) : session.now();
    if (outages) await session.sleep(wellAt - session.now());
    else {
      await changeOrThrow(session, 'failback', byHand);
      isBack = true;
    }
    const failbackMs = await run.until(home, wellAt);
    const settled = await run.settle();
    return {
      home,
      standby,
      manner: outages ? 'outage' : 'by hand',
      recoverySeconds: Math.round(recoveryMs / 1000),
      failbackSeconds: Math.round(failbackMs / 1000),
      ...settled,
    };
  } finally {
    if (outages) await outages([]);
    // Requests go home again however the drill ended. The error that ended it matters more than one of this call.
    else if (!isBack) await changeActiveRegion(session, 'failback', byHand).catch(() => undefined);
  }
};
