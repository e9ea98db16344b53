import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { findDeployments, storesOf, waitsFor } from '../../../cli/queries/deployments';
import { Table } from '../../../lib/aws/table';
import type { LockItem } from '../../../lib/engine/lockItem';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { cloudWithTables } from '../support/tables';
import { recordOf, sessionWith } from './support';

const at = Date.UTC(2026, 10, 22, 7);

const setUp = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const session = sessionWith({ clients: [dynamodb] });
  const stores = storesOf(session);
  const locks = new Table<LockItem>(dynamodb, session.names.locksTable);
  return {
    session,
    stores,
    run: <Answer>(work: () => Promise<Answer>) => cloud.run(work),
    lock: (item: Partial<LockItem>) => cloud.run(() => locks.put({ fleet: 'api', fence: 1, ...item })),
    begin: (...records: DeploymentRecord[]) =>
      cloud.run(async () => {
        for (const record of records) await stores.records.create(record);
      }),
    step: (deployment: string, state: string, endedAt?: number) =>
      cloud.run(() =>
        stores.records.setStep(deployment, state, {
          startedAt: at,
          ...(endedAt !== undefined && { endedAt }),
        }),
      ),
  };
};

beforeEach(() => {
  mockClient(SSMClient)
    .on(GetParametersByPathCommand)
    .resolves({
      Parameters: ['api', 'web'].map((name) => ({ Name: `/forseti/test/applications/${name}` })),
    });
});

const record = recordOf('api-v2-1');

test('A deployment in Approval waits for a person until it is approved or goes on', async () => {
  const { stores, run, begin, step } = setUp();
  await begin(record);
  expect(await run(() => waitsFor(record, stores))).toBeUndefined();
  await step('api-v2-1', 'Approval');
  expect(await run(() => waitsFor(record, stores))).toBe('Approval');
  expect(await run(() => waitsFor({ ...record, approval: { by: 'ada', at } }, stores))).toBeUndefined();
  expect(await run(() => waitsFor({ ...record, closedAt: at }, stores))).toBeUndefined();
  await step('api-v2-1', 'Approval', at);
  expect(await run(() => waitsFor(record, stores))).toBeUndefined();
});

test('A deployment in Queue waits for a person only if a later rollback holds it back', async () => {
  const { stores, run, begin, step, lock } = setUp();
  await begin(record);
  await step('api-v2-1', 'Queue');
  await lock({ owner: 'e', deployment: 'api-v1-1' });
  expect(await run(() => waitsFor(record, stores))).toBeUndefined();
  const rolledBack = { deployment: 'api-rollback-1', at: record.acceptedAt + 1, automatic: false };
  await lock({ rolledBack });
  expect(await run(() => waitsFor(record, stores))).toBe('Queue');
  await lock({ rolledBack: { ...rolledBack, at: record.acceptedAt - 1 } });
  expect(await run(() => waitsFor(record, stores))).toBeUndefined();
});

test('A given name is a deployment, or an application, which stands for its latest deployments', async () => {
  const { session, run, begin } = setUp();
  await begin(recordOf('api-v1-1'), recordOf('api-v2-1', { acceptedAt: at + 1 }));
  const found = async (name: string) =>
    (await run(() => findDeployments(session, name))).map(({ deployment }) => deployment);
  expect(await found('api-v1-1')).toEqual(['api-v1-1']);
  expect(await found('api')).toEqual(['api-v2-1', 'api-v1-1']);
  expect(await found('web')).toEqual([]);
});

test.each([
  ['api-v2-2', 'There is no deployment api-v2-2; did you mean api-v2-1? The latest are: api-v2-1.'],
  [
    'apo',
    'There is no deployment apo; did you mean api? Applications are: api, web; forseti status APP names their latest deployments.',
  ],
  [
    'checkout',
    'There is no deployment checkout. Applications are: api, web; forseti status APP names their latest deployments.',
  ],
])('The unknown name %s is refused, with the name that was probably meant', async (name, message) => {
  const { session, run, begin } = setUp();
  await begin(recordOf('api-v2-1'));
  await expect(run(() => findDeployments(session, name))).rejects.toMatchObject({
    name: 'RefusedEarly',
    message,
  });
});
