import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { nameOf } from '../aws/failure';
import { Table } from '../aws/table';
import { activeName, type ActiveItem } from '../failover/regionsTable';
import type { RegionsFact, StackRegions } from './facts';
import type { HealthSource } from './source';

/** Which regions a stack takes for home and standby: its parameters, as the environment of Failover has them. */
const stackRegions = async (source: HealthSource, region: string): Promise<StackRegions | undefined> => {
  try {
    const { Configuration: found } = await source
      .connect(LambdaClient, region)
      .send(new GetFunctionCommand({ FunctionName: source.names.functionName('Failover') }));
    const { HOME_REGION: home = '', STANDBY_REGION: standby = '' } = found?.Environment?.Variables ?? {};
    return { home, standby: standby === home ? '' : standby };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

const activeItem = async (
  source: HealthSource,
): Promise<{ readonly hasTable: boolean; readonly active?: ActiveItem }> => {
  try {
    const active = await new Table<ActiveItem>(source.connect(DynamoDBClient), source.names.regionsTable).get(
      { name: activeName },
    );
    return { hasTable: true, ...(active && { active }) };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return { hasTable: false };
    throw error;
  }
};

/** How this stack and that of the other region see themselves. Undefined where this one lacks the function. */
export const regionsFact = async (source: HealthSource): Promise<RegionsFact | undefined> => {
  const [here, { hasTable, active }] = await Promise.all([
    stackRegions(source, source.region),
    activeItem(source),
  ]);
  if (!here) return undefined;
  const { home, standby } = here;
  const pair = [home, standby];
  const other = pair.includes(source.region)
    ? pair.find((region) => region !== '' && region !== source.region)
    : undefined;
  const elsewhere = other === undefined ? undefined : await stackRegions(source, other);
  return {
    ...here,
    hasTable,
    ...(other !== undefined && { other: { region: other, ...(elsewhere && { stack: elsewhere }) } }),
    ...(active?.pinned && { pinned: { active: active.active, by: active.by, since: active.since } }),
  };
};
