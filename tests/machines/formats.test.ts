import { Table } from '../../lib/aws/table';
import { failing } from './support/failing';
import { broken } from './support/invariants';
import { recordOf } from './support/snapshot';
import { beginDeployment, type Played, untilAllEnded } from './support/scenes';

jest.setTimeout(60_000);

/** Rewrites all items of a deployment as another version of the stack would have written them. */
const rewrite = async ({ stage: stack, deployment }: Played, format: number | undefined): Promise<void> => {
  const table = new Table<{ readonly item: string }>(stack.dynamodb, 'forseti-production-deployments');
  const items = await table.query({
    expression: 'deployment = :deployment',
    values: { ':deployment': deployment },
  });
  for (const { item } of items.filter((one) => one.item === 'record' || one.item.startsWith('effect#')))
    await table.update(
      { deployment, item },
      format === undefined
        ? { expression: 'REMOVE #format', names: { '#format': 'format' } }
        : {
            expression: 'SET #format = :format',
            names: { '#format': 'format' },
            values: { ':format': format },
          },
    );
};

describe('An upgrade of the stack while a deployment runs', () => {
  test('A deployment that the version before has begun goes on to its end', async () => {
    const played = await beginDeployment('TakeOut');
    await rewrite(played, undefined);
    expect((await played.stage.ended(played.arn)).outcome).toBe('Deployed');
    expect(await broken(played)).toEqual([]);
  });

  test('A deployment that the version before has begun is undone', async () => {
    const played = await beginDeployment('TakeOut', failing('dies before its effect', ['TakeOut']));
    await rewrite(played, undefined);
    expect((await played.stage.ended(played.arn)).outcome).toBe('RolledBack');
    expect(await broken(played)).toEqual([]);
  });
});

test('After a downgrade nothing is changed; with the newer stack again the deployment is repaired', async () => {
  const played = await beginDeployment('TakeOut');
  const { stage: stack, arn } = played;
  await rewrite(played, 2);
  const calls = stack.cloud.calls.list.length;
  const ended = await stack.ended(arn);
  expect(ended.outcome).not.toBe('Deployed');
  const changes = stack.cloud.calls.list
    .slice(calls)
    .filter(
      ({ caller, action }) =>
        caller.startsWith('forseti-production-') &&
        /^(Enter|Create|Update|Suspend|Terminate|Start)(?!Execution)/.test(action),
    );
  expect(
    changes
      .filter(({ action }) => action !== 'UpdateItem')
      .map(({ caller, action }) => `${caller} ${action}`),
  ).toEqual([]);
  expect((await recordOf(stack))?.closedAt).toBeUndefined();
  // At least one sweep finds it open and cannot read it.
  await stack.cloud.advance(11 * 60_000);
  expect((await recordOf(stack))?.closedAt).toBeUndefined();
  await rewrite(played, 1);
  await stack.cloud.advance(11 * 60_000);
  await untilAllEnded(stack);
  expect((await recordOf(stack))?.outcome).toBe('RolledBack');
  expect(await broken(played)).toEqual([]);
});
