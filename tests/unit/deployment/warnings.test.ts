import { Table } from '../../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../../lib/engine/record';
import { cloudWithTables, environment } from '../support/tables';
import { now, recordOf } from '../compensation/fakeContext';

const stored = async (record: DeploymentRecord = recordOf()) => {
  const { cloud, dynamodb } = cloudWithTables();
  const records = new Records(
    new Table<DeploymentRecord | StepItem>(dynamodb, environment.tables.deployments),
  );
  await cloud.run(() => records.create(record));
  return {
    record,
    run: <Answer>(work: (records: Records) => Promise<Answer>) => cloud.run(() => work(records)),
    warnings: () => cloud.run(async () => (await records.find(record.deployment))?.warnings),
  };
};

test('Warnings of steps that go on side by side are all kept', async () => {
  const { run, record, warnings } = await stored();
  await run((records) =>
    Promise.all([
      records.warn(record.deployment, 'a spike came', 'i-1 failed'),
      records.warn(record.deployment, 'i-9 was terminated'),
    ]),
  );
  expect([...((await warnings()) ?? [])].sort()).toEqual([
    'a spike came',
    'i-1 failed',
    'i-9 was terminated',
  ]);
});

test('A warning that a retry repeats is kept once', async () => {
  const { run, record, warnings } = await stored();
  for (let tries = 0; tries < 3; tries += 1)
    await run((records) => records.warn(record.deployment, 'a spike came'));
  expect(await warnings()).toEqual(['a spike came']);
});

test('Closing a record keeps the warnings that it has by then', async () => {
  const { run, record, warnings } = await stored();
  await run(async (records) => {
    await records.warn(record.deployment, 'a spike came');
    await records.close(record.deployment, { closedAt: now, outcome: 'Deployed' });
  });
  expect(await warnings()).toEqual(['a spike came']);
});

test('A warning does not create a record that does not exist', async () => {
  const { run } = await stored();
  await run((records) => records.warn('unknown', 'a spike came'));
  expect(await run((records) => records.find('unknown'))).toBeUndefined();
});
