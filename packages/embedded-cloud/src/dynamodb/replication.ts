/**
 * Replication of writes between the replicas of a global table (version 2019.11.21); developer guide, "How DynamoDB
 * global tables work".
 *
 * Eventual (MREC): a write is done in the region where it arrives. Conditions are checked against that region's items,
 * and the other regions get the write later. Of two writes of the same item the later one stays, in all regions.
 *
 * Strong (MRSC): a write is done in all regions at once. Conditions are checked against the newest version, and a write
 * of an item that another region is writing is refused.
 */
import { heldMs, outageOf } from '../core/outage';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import type { Place } from './keys';
import type { Change, DynamoDbState, Stamp, Table } from './state';
import type { Item } from './values';

/** "Typically within a second or less." */
const usualLagMs = 800;

const stateOf = (region: Region): DynamoDbState => region.service('dynamodb').state;

const stampKey = ({ partition, sort }: Place): string => JSON.stringify([partition, sort]);

/** Stores an item at its place: `putAt` of tables.ts, which also serves reads that lag. */
type Put = (region: Region, table: Table, place: Place, item: Item | undefined) => void;

/** The other replicas that exist in this cloud. */
const othersOf = (region: Region, table: Table): { region: Region; table: Table }[] =>
  (table.global?.replicas ?? []).flatMap((name) => {
    const other = name === region.name ? undefined : region.other(name);
    const replica = other && stateOf(other).tables[table.name];
    return other && replica ? [{ region: other, table: replica }] : [];
  });

/** The stamp of a write now. It is never older than the item's former stamp, whose time only grows. */
const stampNow = (region: Region, before: Stamp | undefined): Stamp => {
  const least = before ? before.at + (before.region === region.name ? 0 : 1) : 0;
  return { at: Math.max(region.now(), least), region: region.name };
};

const isOlder = (one: Stamp, other: Stamp): boolean =>
  one.at < other.at || (one.at === other.at && one.region < other.region);

const send = (region: Region, destination: string, change: Omit<Change, 'dueAt'>): void => {
  const outgoing = (stateOf(region).outgoing ??= {});
  const list = (outgoing[destination] ??= []);
  const { chance, timings } = region;
  const lagMs = chance.around(timings.replicationMs ?? usualLagMs, timings.spread);
  const dueAt = Math.max(region.now() + lagMs, list.at(-1)?.dueAt ?? 0);
  list.push({ ...change, dueAt });
  if (list.length === 1) region.schedule(dueAt - region.now(), 'dynamodb', 'replicate', { to: destination });
};

/** Sends a write that was done here to the other replicas. */
export const replicate = (
  region: Region,
  table: Table,
  place: Place,
  written: { readonly item: Item | undefined; readonly put: Put },
): void => {
  if (!table.global) return;
  const key = stampKey(place);
  const stamps = (table.stamps ??= {});
  const stamp = stampNow(region, stamps[key]);
  stamps[key] = stamp;
  if (table.global.consistency === 'STRONG') {
    for (const other of othersOf(region, table)) {
      written.put(other.region, other.table, place, written.item);
      (other.table.stamps ??= {})[key] = stamp;
    }
    return;
  }
  const change = { table: table.name, ...place, item: written.item ?? null, stamp };
  for (const other of table.global.replicas) if (other !== region.name) send(region, other, change);
};

const apply = (destination: Region, change: Change, put: Put): void => {
  const table = stateOf(destination).tables[change.table];
  if (!table?.global) return;
  const key = stampKey(change);
  const stamps = (table.stamps ??= {});
  const present = stamps[key];
  if (present && isOlder(change.stamp, present)) return;
  stamps[key] = change.stamp;
  put(destination, table, change, change.item ?? undefined);
};

/**
 * Delivers to another region the writes that are due. They wait while that region is down, and also while this one is.
 */
export const sendDue = (region: Region, { to }: { readonly to: string }, put: Put): void => {
  const list = stateOf(region).outgoing?.[to];
  const destination = region.other(to);
  if (!list || list.length === 0) return;
  const now = region.now();
  const waitMs = heldMs(region.faults, { region: to, service: 'dynamodb', now });
  if (waitMs !== undefined) {
    region.schedule(waitMs, 'dynamodb', 'replicate', { to });
    return;
  }
  const later = list.findIndex(({ dueAt }) => dueAt > now);
  const due = list.splice(0, later < 0 ? list.length : later);
  if (destination) for (const change of due) apply(destination, change, put);
  const [next] = list;
  if (next) region.schedule(next.dueAt - now, 'dynamodb', 'replicate', { to });
};

/** How many writes of this region have not arrived in the other one. They would be lost with this region. */
export const waitingFor = (region: Region, to: string): number => stateOf(region).outgoing?.[to]?.length ?? 0;

/**
 * A strong table works in a region while that region can reach at least one of the other two.
 * @throws AwsError InternalServerError if none of them is up; eventually consistent reads go on
 */
export const checkQuorum = (region: Region, table: Table): void => {
  const { global } = table;
  if (global?.consistency !== 'STRONG' || !region.faults.outage) return;
  const all = [...global.replicas, ...(global.witness === undefined ? [] : [global.witness])];
  const isUp = (name: string) =>
    !outageOf(region.faults, { region: name, service: 'dynamodb', now: region.now() });
  if (all.some((name) => name !== region.name && isUp(name))) return;
  throw new AwsError(
    'InternalServerError',
    'The replica cannot reach the other Regions of its global table.',
    {
      statusCode: 500,
    },
  );
};

/**
 * A write to another region takes about as long as a call, and the item belongs to the writing region meanwhile.
 * @throws AwsError ReplicatedWriteConflictException, which may be tried again; InternalServerError without a quorum
 */
export const checkWritable = (region: Region, table: Table, place: Place): void => {
  if (table.global?.consistency !== 'STRONG') return;
  checkQuorum(region, table);
  const stamp = table.stamps?.[stampKey(place)];
  if (!stamp || stamp.region === region.name) return;
  if (region.now() - stamp.at >= region.timings.apiMs) return;
  throw new AwsError(
    'ReplicatedWriteConflictException',
    'One or more items in this request are being modified by a request in another Region.',
  );
};
