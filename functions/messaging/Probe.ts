import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { connect, connectOnce } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { Table } from '../../lib/aws/table';
import { lambda } from '../../lib/engine/step';
import { backlogOf } from '../../lib/failover/backlog';
import { type FailoverEnvironment, readFailoverEnvironment } from '../../lib/failover/environment';
import { counted, probe, takesMessages } from '../../lib/failover/probe';
import { decideRegion } from '../../lib/failover/decideRegion';
import { inRegion } from '../../lib/failover/regions';
import { probeName, type RegionItem, RegionsTable } from '../../lib/failover/regionsTable';
import { reportProbe } from '../../lib/failover/report';

/** Probes the other region every minute, notes the result, and calls Failover or Failback if needed. */
export const make = (
  world: World,
  { regions, regionsTable, probeQueueUrl, requestsQueueUrl }: FailoverEnvironment,
) => {
  const { environment, clock, newId } = world;
  const { here, other, home } = regions;
  const table = new RegionsTable(new Table<RegionItem>(connect(DynamoDBClient, here), regionsTable), regions);
  const functions = connect(LambdaClient, here);
  const tools = {
    regions,
    table,
    clock,
    backlog: () => backlogOf(connect(SQSClient, home), inRegion(requestsQueueUrl, here, home)),
  };
  const timed = { clock, newId, timeout: (ms: number) => AbortSignal.timeout(ms) };
  const sqs = other === undefined ? undefined : connectOnce(SQSClient, other);
  return lambda(world, 'Probe', async () => {
    if (other === undefined || sqs === undefined) return { act: 'none', why: 'There is no standby region.' };
    const [before, probed] = await Promise.all([
      table.probe(other),
      probe({ ...timed, sqs, queueUrl: inRegion(probeQueueUrl, here, other) }),
    ]);
    reportProbe(environment, probed);
    // A region that is cut off itself must neither take over nor note that the other is down.
    if (
      !probed.well &&
      !(await takesMessages({ ...timed, sqs: connect(SQSClient, here), queueUrl: probeQueueUrl }))
    )
      return {
        act: 'none',
        why: `Neither ${other} nor ${here} takes messages: it may be ${here} that is cut off.`,
      };
    await table.putProbe(counted(before, probed, { name: probeName(other), from: here, at: clock() }));
    const decision = await decideRegion(tools);
    if (decision.act !== 'none')
      await functions.send(
        new InvokeCommand({
          FunctionName: `${environment.service}-${environment.stage}-${decision.act === 'failover' ? 'Failover' : 'Failback'}`,
          InvocationType: 'Event',
          Payload: new TextEncoder().encode(JSON.stringify({ why: decision.why })),
        }),
      );
    return decision;
  });
};

export const handler = make(production(process.env), readFailoverEnvironment(process.env));
