import { Chances } from './embeddedCloud';
import type { Options } from './options';
import { type Plan, planOf, type TableKind } from './plan';
import type { ShardResult } from './shard';

/** Sums over all shards, but for `seconds`: the wall's time of the whole run. */
export type Report = ShardResult & { readonly seconds: number };

/** More messages than this are shared out among clouds of their own: it does not depend on the machine. */
const shardMessages = 50_000;

export const plansOf = ({ messages, seed, table }: Omit<Options, 'format'>): readonly Plan[] => {
  const shards = Math.ceil(messages / shardMessages);
  const chance = new Chances(seed).stream('shards');
  return Array.from({ length: shards }, (_, index) =>
    planOf({
      seed: chance.integer(0, 0x7fff_ffff),
      table,
      messages: Math.floor((messages * (index + 1)) / shards) - Math.floor((messages * index) / shards),
    }),
  );
};

export const merge = (results: readonly ShardResult[], seconds: number): Report => {
  const sum = (name: keyof ShardResult) => results.reduce((total, result) => total + result[name], 0);
  return {
    sent: sum('sent'),
    acknowledged: sum('acknowledged'),
    lost: sum('lost'),
    effectsDoubled: sum('effectsDoubled'),
    begunAfterDone: sum('begunAfterDone'),
    delivered: sum('delivered'),
    spooled: sum('spooled'),
    failovers: sum('failovers'),
    deadLettered: sum('deadLettered'),
    notTaken: sum('notTaken'),
    killed: sum('killed'),
    repeats: sum('repeats'),
    virtualSeconds: sum('virtualSeconds'),
    seconds: Number(seconds.toFixed(1)),
  };
};

/** An eventual table promises nothing across regions, but to lose nothing. */
export const isAsPromised = (
  { lost, effectsDoubled, begunAfterDone, sent, acknowledged }: ShardResult,
  table: TableKind,
): boolean =>
  lost === 0 && acknowledged === sent && (table === 'eventual' || effectsDoubled + begunAfterDone === 0);

export const plain = (report: Report, { table, seed }: Options): string =>
  [
    `${String(report.sent)} messages sent, ${String(report.acknowledged)} acknowledged (${String(report.spooled)} of them by a spool), ${String(report.delivered)} deliveries`,
    `lost ${String(report.lost)}, effects done twice ${String(report.effectsDoubled)}, dead letters ${String(report.deadLettered)}`,
    `${String(report.failovers)} changes of the active region, ${String(report.killed)} consumers killed, ${String(report.notTaken)} times nobody took a message`,
    `${String(report.repeats)} effects repeated without effect, ${String(report.begunAfterDone)} begun after their done mark`,
    `${table} table, seed ${String(seed)}, ${String(report.seconds)} s`,
  ].join('\n');
