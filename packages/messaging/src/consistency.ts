import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { ConsistencyRefused } from './errors';
import type { Consistency } from './store';

/**
 * What consumers are promised:
 * - `within-region`: once among all consumers that use the table in one region. Those of another region may do a message
 *   again when the table is an MREC global table, or another table.
 * - `across-regions`: once among all consumers in all regions.
 */
export type ConsistencyPromise = 'within-region' | 'across-regions';

/** What a table is, as far as a promise depends on it. */
export interface TableFacts {
  readonly name: string;
  readonly consistency: Exclude<Consistency, 'process'>;
  /** The region of the table that answered. */
  readonly region: string;
  /** The regions of its other replicas. */
  readonly replicas: readonly string[];
}

/**
 * Reads what a table is. A table with replicas and no mode is eventual: that is DynamoDB's default (developer guide,
 * "How DynamoDB global tables work", consistency modes). Needs `dynamodb:DescribeTable`.
 */
export const describeConsistency = async (client: DynamoDBClient, name: string): Promise<TableFacts> => {
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return factsOf(name, table ?? {});
};

export const factsOf = (name: string, table: TableDescription): TableFacts => {
  const region = table.TableArn?.split(':')[3] ?? '';
  const replicas = (table.Replicas ?? []).flatMap(({ RegionName: replica }) =>
    replica === undefined || replica === region ? [] : [replica],
  );
  const isGlobal = replicas.length > 0;
  return {
    name,
    consistency: table.MultiRegionConsistency === 'STRONG' ? 'strong' : isGlobal ? 'eventual' : 'region',
    region,
    replicas,
  };
};

/**
 * Why a promise cannot be kept on a table, or undefined.
 * @param onlyRegion the region whose single table all consumers, wherever they run, say that they use
 */
export const promiseProblem = (
  facts: TableFacts,
  promised: ConsistencyPromise,
  onlyRegion: string | undefined,
): string | undefined => {
  if (promised === 'within-region' || facts.consistency === 'strong') return undefined;
  if (facts.consistency === 'eventual')
    return (
      `Table ${facts.name} is a global table with eventual consistency (MREC; replicas in ` +
      `${[facts.region, ...facts.replicas].join(', ')}): each region judges a condition by its own copy, so two regions ` +
      'can both win the same message and do its effect twice. Expected a global table with strong consistency (MRSC), ' +
      "which is fixed at creation: make a new, empty one with MultiRegionConsistency STRONG, or promise 'within-region' " +
      'and condition each effect by itself.'
    );
  if (onlyRegion === facts.region) return undefined;
  return (
    `Table ${facts.name} is a table of ${facts.region} alone: consumers of another region, with a table of their own, know ` +
    'nothing of what is done here. Expected a global table with strong consistency (MRSC); or, if the consumers of all ' +
    `regions use this one table, onlyRegion: '${facts.region}', at the price that none works while that region is down.`
  );
};

/** Holds a table to what is promised on it, asking DynamoDB once; a failed question is asked again. */
export class ConsistencyCheck {
  private asked: Promise<TableFacts> | undefined;

  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly promised: ConsistencyPromise,
    private readonly onlyRegion: string | undefined,
  ) {}

  /** @throws ConsistencyRefused */
  async passed(): Promise<Consistency> {
    const facts = await this.facts();
    const refusal = promiseProblem(facts, this.promised, this.onlyRegion);
    if (refusal !== undefined) throw new ConsistencyRefused(refusal);
    return facts.consistency;
  }

  private async facts(): Promise<TableFacts> {
    this.asked ??= describeConsistency(this.client, this.table);
    try {
      return await this.asked;
    } catch (error) {
      this.asked = undefined;
      throw error;
    }
  }
}
