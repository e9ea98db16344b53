import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { ConsistencyRefused } from './errors';
import type { Consistency } from './store';

/**
 * Among whom a message is done once:
 * - `within-region`: the consumers that use the table in one region. Consumers of another region may do the message
 *   again, if they use an MREC replica of the table or another table.
 * - `across-regions`: the consumers of all regions.
 */
export type ConsistencyPromise = 'within-region' | 'across-regions';

/** The properties of a table on which a promise depends. */
export interface TableFacts {
  readonly name: string;
  readonly consistency: Exclude<Consistency, 'process'>;
  /** The region of the table that answered. */
  readonly region: string;
  /** The regions of its other replicas. */
  readonly replicas: readonly string[];
}

/**
 * Reads the properties of a table. A table with replicas and without a consistency mode is eventual, DynamoDB's default
 * (developer guide, "How DynamoDB global tables work", consistency modes). Needs `dynamodb:DescribeTable`.
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
 * @param onlyRegion the region whose table the consumers of all regions use, as their settings say
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

/** Checks a table against the promise. DynamoDB is asked once; a request that fails is made again at the next check. */
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
