import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Environment } from '../../aws/environment';
import { Table } from '../../aws/table';

/**
 * Item `step#DEPLOYMENT#STATE`: a parked task token. Times are epoch ms.
 * The lease keeps two wake-ups from working on the same step at once. A wake-up that finds it taken leaves a mark
 * (`again`).
 */
export interface Wait {
  readonly thing: string;
  readonly step: string;
  readonly token: string;
  readonly deployment: string;
  readonly state: string;
  /** The function that polls: the state's own. */
  readonly functionName: string;
  readonly deadlineAt: number;
  readonly lookAt: number;
  readonly looks: number;
  /** Number of polls in a row with a transient error. */
  readonly troubles?: number;
  readonly leaseUntil?: number;
  readonly leaseOwner?: string;
  readonly again?: boolean;
  /** Resource keys whose events wake this step. */
  readonly things?: readonly string[];
  /** From then on it counts as stalled, unless a look sees before that it moves on. */
  readonly stallsAt?: number;
  /** The `stallsAt` of the stall that people were notified of. */
  readonly toldStall?: number;
  /** Until then a sweep is about to notify of the stall. */
  readonly tellingUntil?: number;
}

/** Item (resource key, step): an event of this resource wakes that step. */
export interface Pointer {
  readonly thing: string;
  readonly step: string;
  readonly functionName: string;
}

export const waitKey = (deployment: string, state: string): string => `step#${deployment}#${state}`;
/** SQS counts delays in whole seconds, and may be a little early. */
const earlyMs = 1_000;

const keyOf = (step: string) => ({ thing: step, step });

/** Parked task tokens, and the pointers from a resource's events to the steps that wait for it. */
export class Waits {
  constructor(private readonly table: Table<Wait | Pointer>) {}

  /**
   * Parks a token, or replaces one that a retry made void, and takes the lease if it is free. The next poll becomes due
   * now: otherwise, if an earlier try had put it off, the message that is sent with this try would be ignored.
   * @returns the row after the write if the lease is ours, otherwise undefined.
   */
  async park(
    wait: Pick<Wait, 'deployment' | 'state' | 'token' | 'functionName' | 'deadlineAt'> & { stallsAt: number },
    lease: { owner: string; until: number; now: number },
  ): Promise<Wait | undefined> {
    const key = keyOf(waitKey(wait.deployment, wait.state));
    const parked = {
      expression:
        'SET #token = :token, deployment = :deployment, #state = :state, functionName = :functionName, ' +
        'deadlineAt = :deadlineAt, lookAt = :now, looks = if_not_exists(looks, :zero), ' +
        'stallsAt = if_not_exists(stallsAt, :stallsAt)',
      names: { '#token': 'token', '#state': 'state' },
      values: {
        ':token': wait.token,
        ':deployment': wait.deployment,
        ':state': wait.state,
        ':functionName': wait.functionName,
        ':deadlineAt': wait.deadlineAt,
        ':stallsAt': wait.stallsAt,
        ':now': lease.now,
        ':zero': 0,
      },
    };
    const leased = await this.table.update(
      key,
      {
        ...parked,
        expression: `${parked.expression}, leaseOwner = :owner, leaseUntil = :until`,
        values: { ...parked.values, ':owner': lease.owner, ':until': lease.until },
      },
      free,
    );
    if (leased.done) return leased.item as Wait;
    await this.table.update(key, {
      ...parked,
      expression: `${parked.expression}, again = :again`,
      values: { ...parked.values, ':again': true },
    });
    return undefined;
  }

  /**
   * Takes the lease for a poll. If another invocation has it, asks that one to poll again.
   * @param scheduled whether a scheduled poll message asks. A message that a later one has replaced is ignored, so that
   *   each parked step has one chain of polls.
   */
  async lease(
    step: string,
    lease: { owner: string; until: number; now: number },
    scheduled = false,
  ): Promise<Wait | undefined> {
    const leased = await this.table.update(
      keyOf(step),
      {
        expression: 'SET leaseOwner = :owner, leaseUntil = :until',
        values: { ':owner': lease.owner, ':until': lease.until },
      },
      {
        expression: `attribute_exists(thing) AND (${free.expression})${scheduled ? ' AND lookAt <= :due' : ''}`,
        values: { ':now': lease.now, ...(scheduled && { ':due': lease.now + earlyMs }) },
      },
    );
    if (leased.done) return leased.item as Wait;
    const found = leased.found as Wait | undefined;
    if (found?.leaseUntil !== undefined && found.leaseUntil >= lease.now)
      await this.table.update(
        keyOf(step),
        { expression: 'SET again = :again', values: { ':again': true } },
        { expression: 'attribute_exists(thing)' },
      );
    return undefined;
  }

  async find(step: string): Promise<Wait | undefined> {
    return (await this.table.get(keyOf(step))) as Wait | undefined;
  }

  /**
   * Gives the lease back and notes when the next poll is due.
   * @returns false if another poll was requested meanwhile: the lease is still ours then.
   */
  async rearm(
    step: string,
    owner: string,
    change: Required<Pick<Wait, 'lookAt' | 'looks' | 'troubles' | 'things'>> & {
      stallsAt?: number | undefined;
    },
  ): Promise<boolean> {
    const released = await this.table.update(
      keyOf(step),
      {
        expression: `SET lookAt = :lookAt, looks = :looks, troubles = :troubles, things = :things${
          change.stallsAt === undefined ? '' : ', stallsAt = :stallsAt'
        } REMOVE leaseOwner, leaseUntil`,
        values: {
          ...(change.stallsAt !== undefined && { ':stallsAt': change.stallsAt }),
          ':lookAt': change.lookAt,
          ':looks': change.looks,
          ':troubles': change.troubles,
          ':things': change.things,
        },
      },
      {
        expression: 'leaseOwner = :owner AND attribute_not_exists(again)',
        values: { ':owner': owner },
      },
    );
    if (released.done || (released.found as Wait | undefined)?.leaseOwner !== owner) return true;
    await this.table.update(
      keyOf(step),
      { expression: 'REMOVE again' },
      { expression: 'attribute_exists(thing)' },
    );
    return false;
  }

  /** Removes the wait if it still holds the token that was answered; otherwise gives the lease back. */
  async close(wait: Pick<Wait, 'step' | 'token'>): Promise<void> {
    const deleted = await this.table.delete(keyOf(wait.step), {
      expression: '#token = :token',
      names: { '#token': 'token' },
      values: { ':token': wait.token },
    });
    if (!deleted.done && deleted.found) {
      await this.table.update(
        keyOf(wait.step),
        { expression: 'REMOVE leaseOwner, leaseUntil, again' },
        { expression: 'attribute_exists(thing)' },
      );
      return;
    }
    const resourceKeys = deleted.done ? (deleted.item as Wait | undefined)?.things : undefined;
    await this.unpoint(resourceKeys ?? [], wait.step);
  }

  /**
   * Claims the message of a step's stall. Whoever dies with it loses the claim: the message is sent twice rather than
   * never.
   * @returns false if it was sent, is being sent, or if the step moves on.
   */
  async claimStall({ step, stallsAt }: Wait, now: number, until: number): Promise<boolean> {
    const claimed = await this.table.update(
      keyOf(step),
      { expression: 'SET tellingUntil = :until', values: { ':until': until } },
      {
        expression:
          'stallsAt = :stallsAt AND (attribute_not_exists(toldStall) OR toldStall <> :stallsAt) ' +
          'AND (attribute_not_exists(tellingUntil) OR tellingUntil < :now)',
        values: { ':stallsAt': stallsAt, ':now': now },
      },
    );
    return claimed.done;
  }

  async stallTold({ step, stallsAt }: Wait): Promise<void> {
    await this.table.update(
      keyOf(step),
      { expression: 'SET toldStall = :stallsAt', values: { ':stallsAt': stallsAt } },
      { expression: 'attribute_exists(thing)' },
    );
  }

  async unpoint(resourceKeys: readonly string[], step: string): Promise<void> {
    await Promise.all(resourceKeys.map((resourceKey) => this.table.delete({ thing: resourceKey, step })));
  }

  async point(resourceKeys: readonly string[], step: string, functionName: string): Promise<void> {
    await Promise.all(
      resourceKeys.map((resourceKey) => this.table.put({ thing: resourceKey, step, functionName })),
    );
  }

  /** Every step that an event of the resource wakes. */
  async waitingFor(resourceKey: string): Promise<Pointer[]> {
    return this.table.query({ expression: 'thing = :thing', values: { ':thing': resourceKey } });
  }

  /**
   * For the sweep: all parked tokens, and pointers to steps that no longer wait. A scan is no snapshot: a step may have
   * been parked in a part that the scan had passed, so each step that was not seen is read by itself.
   */
  async all(): Promise<{ waits: Wait[]; strays: Pointer[] }> {
    const rows = await this.table.scan();
    const waits = rows.filter((row): row is Wait => 'token' in row);
    const seen = new Set(waits.map(({ step }) => step));
    const unseen = rows.filter((row) => !('token' in row) && !seen.has(row.step));
    const found = await Promise.all(
      [...new Set(unseen.map(({ step }) => step))].map((step) => this.find(step)),
    );
    const alive = new Set(found.flatMap((wait) => wait?.step ?? []));
    return { waits, strays: unseen.filter(({ step }) => !alive.has(step)) };
  }
}

const free = { expression: 'attribute_not_exists(leaseUntil) OR leaseUntil < :now' };

export const makeWaits = ({ tables }: Pick<Environment, 'tables'>, dynamodb: DynamoDBClient): Waits =>
  new Waits(new Table<Wait | Pointer>(dynamodb, tables.waits));
