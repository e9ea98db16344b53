import { queues, type SoakCloud, tables } from './cloud';
import { regions } from './plan';

export interface SoakVerdict {
  /** Acknowledged, and neither sold nor in a dead-letter queue. */
  readonly lost: number;
  /** Orders that were sold more than once. */
  readonly effectsDoubled: number;
  readonly begunAfterDone: number;
  /** Writes of an effect that found the same effect there. */
  readonly repeats: number;
  readonly deadLettered: number;
}

/** The orders that stand in every copy of the table at the end. */
const soldIn = ({ cloud }: SoakCloud, region: string): ReadonlySet<string> => {
  const table = cloud.region(region).service('dynamodb').state.tables[tables.orders];
  return new Set(Object.values(table?.partitions ?? {}).flatMap((items) => idsOf(items)));
};

const idsOf = (items: Readonly<Record<string, unknown>>): string[] =>
  Object.values(items).flatMap((item) => {
    const { id, soldBy } = item as Record<string, { S?: string } | undefined>;
    return id?.S !== undefined && soldBy?.S === id.S ? [id.S] : [];
  });

const deadIn = ({ cloud }: SoakCloud, region: string, idAttribute: string): string[] =>
  (cloud.region(region).service('sqs').queue(queues.dead)?.messages ?? []).map(
    ({ attributes }) => attributes[idAttribute]?.StringValue ?? '',
  );

/** Compares what was acknowledged with what the tables hold and the observer saw. */
export const verdictOf = (
  soak: SoakCloud,
  acknowledged: ReadonlySet<string>,
  idAttribute: string,
): SoakVerdict => {
  const sold = regions.map((region) => soldIn(soak, region));
  const dead = new Set(regions.flatMap((region) => deadIn(soak, region, idAttribute)));
  const { sales, repeats, begunAfterDone } = soak.observer;
  return {
    lost: [...acknowledged].filter((id) => !dead.has(id) && !sold.every((each) => each.has(id))).length,
    effectsDoubled: [...sales.values()].filter((times) => times > 1).length,
    begunAfterDone,
    repeats,
    deadLettered: dead.size,
  };
};
