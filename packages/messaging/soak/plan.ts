/** What goes wrong in a soak, and when: a pure function of the seed and of how many messages there are. */
import { type Chance, Chances, type OutagePlan } from './embeddedCloud';

export const home = 'eu-west-1';
export const standby = 'eu-central-1';
export const regions = [home, standby] as const;
/** Keeps a strong table's quorum; holds no copy that anybody reads. */
export const witness = 'eu-west-3';

export type TableKind = 'strong' | 'eventual';

/** Shares of what happens, 0 to 1. */
export interface Rates {
  /** A call of the publisher is carried out, and its answer is an error. */
  readonly sendAnsweredWrongly: number;
  /** The same while home's queues are confused: what they took goes to the standby as well. */
  readonly sendConfused: number;
  /** A call of the publisher is carried out, and never answered. */
  readonly sendUnanswered: number;
  /** SQS delivers a message twice. */
  readonly doubledBySqs: number;
  /** An effect is carried out, and its answer is an error. */
  readonly effectAnsweredWrongly: number;
  /** An effect is carried out, and never answered: the function times out. */
  readonly effectUnanswered: number;
  /** A delete of done messages is not carried out, or carried out and answered with an error. */
  readonly deleteFails: number;
  /** A consumer is killed during a batch. */
  readonly killed: number;
  /** A message that no consumer can read. */
  readonly poison: number;
}

export const defaultRates: Rates = {
  sendAnsweredWrongly: 0.01,
  sendConfused: 0.35,
  sendUnanswered: 0.003,
  doubledBySqs: 0.02,
  effectAnsweredWrongly: 0.01,
  effectUnanswered: 0.0005,
  deleteFails: 0.02,
  killed: 0.02,
  poison: 0.0005,
};

/** A change of the active region, as an operator makes it. */
export interface Switch {
  readonly atMs: number;
  readonly to: string;
}

export interface Plan {
  readonly seed: number;
  readonly table: TableKind;
  readonly messages: number;
  readonly rates: Rates;
  /** Of each region: so many batches at a time. */
  readonly pollers: number;
  /** How long messages are published, in virtual time. */
  readonly publishMs: number;
  /** Times count from the start. */
  readonly outages: readonly OutagePlan[];
  readonly switches: readonly Switch[];
  /** When home's queues take messages and answer with an error. */
  readonly confused: { readonly from: number; readonly until: number };
  /** When what the outages left in the spools is replayed for the first time. */
  readonly synchroniseAtMs: number;
}

/** Messages a second of virtual time, where there are enough of them. */
const maxPerSecond = 200;
/** Outages last seconds, whatever the number of messages. */
const minPublishMs = 60_000;

/**
 * Shares of the time of publishing. In order: home's queues fall silent; home falls silent as a whole, and the standby is made active
 * until it is well; home's tables fail; no region has queues (the spools fill); nothing answers anywhere; the standby is
 * made active by hand, falls silent, and home takes over; the standby's tables fail.
 */
const outline = [
  { region: home, services: ['sqs'], manner: 'silent', from: 0.08, until: 0.13 },
  { region: home, manner: 'silent', from: 0.2, until: 0.33 },
  { region: home, services: ['dynamodb'], from: 0.46, until: 0.51 },
  { region: home, services: ['sqs'], from: 0.57, until: 0.61 },
  { region: standby, services: ['sqs'], from: 0.56, until: 0.62 },
  { region: home, from: 0.65, until: 0.67 },
  { region: standby, from: 0.65, until: 0.67 },
  { region: standby, manner: 'silent', from: 0.76, until: 0.84 },
  { region: standby, services: ['dynamodb'], from: 0.9, until: 0.94 },
] as const satisfies readonly OutagePlan[];

/** Before the first outage: a region whose circuit is open is sent nothing. */
const confusedAt = { from: 0.01, until: 0.06 };

const switchesAt = [
  { at: 0.22, to: standby },
  { at: 0.4, to: home },
  { at: 0.71, to: standby },
  { at: 0.78, to: home },
] as const;

/** Up to 1 % earlier or later. */
const shift = (chance: Chance, share: number, wholeMs: number): number =>
  Math.round((share + (chance.next() - 0.5) * 0.02) * wholeMs);

export const planOf = (options: {
  readonly seed: number;
  readonly table: TableKind;
  readonly messages: number;
  readonly rates?: Partial<Rates>;
}): Plan => {
  const chance = new Chances(options.seed).stream('plan');
  const publishMs = Math.max(minPublishMs, Math.ceil((options.messages / maxPerSecond) * 1000));
  return {
    ...options,
    rates: { ...defaultRates, ...options.rates },
    pollers: Math.min(10, Math.max(2, Math.ceil(options.messages / 1000))),
    publishMs,
    outages: outline.map((outage) => ({
      ...outage,
      from: shift(chance, outage.from, publishMs),
      until: shift(chance, outage.until, publishMs),
    })),
    confused: {
      from: shift(chance, confusedAt.from, publishMs),
      until: shift(chance, confusedAt.until, publishMs),
    },
    switches: switchesAt.map(({ at, to }) => ({ atMs: shift(chance, at, publishMs), to })),
    synchroniseAtMs: shift(chance, 0.7, publishMs),
  };
};
