import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { Table } from '../../../lib/aws/table';
import type { RequestItem } from '../../../lib/intake/intake';
import { readingOnce, type IntakeRegion, takeInRegions } from '../../../lib/intake/intakeRegions';
import type { PushedTag } from '../../../lib/intake/tagEvent';
import { cloudWithTables } from '../support/tables';
import { now, settingsOf } from '../compensation/fakeContext';

const sfn = mockClient(SFNClient);
beforeEach(() => {
  sfn.reset();
  sfn.on(StartExecutionCommand).resolves({});
});
const starts = () =>
  sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.stateMachineArn);
const tag: PushedTag = { repository: 'acme/api', tag: 'v2', commit: 'c0ffee', pushedAt: now };
const down = () => Promise.reject(Object.assign(new Error('down'), { name: 'ServiceUnavailable' }));

/** A region with its own table. `applications` are those whose settings are stored there. */
const regionWith = (region: string, ...applications: string[]) => {
  const settings = { applications: Object.fromEntries(applications.map((name) => [name, settingsOf()])) };
  return { region, read: async () => ({ settings, invalid: [] }) };
};

/** Two regions, the first of which takes the tag. */
const regions = async (...given: ReturnType<typeof regionWith>[]) => {
  const { cloud, dynamodb } = cloudWithTables();
  const tables = given.map(({ region }) => new Table<RequestItem>(dynamodb, `requests-${region}`));
  for (const { region } of given)
    await cloud.run(() =>
      dynamodb.send(
        new CreateTableCommand({
          TableName: `requests-${region}`,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
        }),
      ),
    );
  const all = given.map(({ region, read }, index): IntakeRegion => {
    const requests = tables[index];
    if (!requests) throw new Error(`no table of ${region}`);
    const tools = { requests, sfn: new SFNClient({}), machineArn: `machine of ${region}`, clock: () => now };
    return { region, read, tools };
  });
  return {
    take: () => cloud.run(() => takeInRegions(tag, all as [IntakeRegion, ...IntakeRegion[]], (work) => work)),
    items: async () => Promise.all(tables.map((table) => cloud.run(() => table.scan()))),
  };
};

test("A tag starts the machine in its fleet's region, once, whichever region's intake took it", async () => {
  const { take, items } = await regions(regionWith('eu-central-1'), regionWith('eu-west-1', 'api'));
  expect(await take()).toMatchObject({ open: [], taken: { started: [expect.stringMatching(/^api-v2-/)] } });
  await take();
  expect(starts()).toEqual(['machine of eu-west-1']);
  const here = (await items())[0];
  expect(here).toEqual([]);
});

test('A tag that no application wants is recorded here, once all regions have answered', async () => {
  const { take } = await regions(regionWith('eu-west-1'), regionWith('eu-central-1'));
  expect(await take()).toMatchObject({ open: [], taken: { unmatched: true } });
});

test('A tag stays open if a region cannot be read: fleets here are served, and nothing is refused for good', async () => {
  const silent = { ...regionWith('eu-central-1'), read: down };
  const served = await regions(regionWith('eu-west-1', 'api'), silent);
  expect(await served.take()).toMatchObject({
    open: ['eu-central-1'],
    taken: { started: [expect.any(String)] },
  });
  expect(starts()).toEqual(['machine of eu-west-1']);
  const nobody = await regions(regionWith('eu-west-1'), silent);
  expect(await nobody.take()).toMatchObject({ open: ['eu-central-1'], taken: { started: [] } });
});

test('A failure in this region itself is thrown, so that the message comes again', async () => {
  const { take } = await regions(
    { ...regionWith('eu-west-1', 'api'), read: down },
    regionWith('eu-central-1'),
  );
  await expect(take()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  expect(starts()).toEqual([]);
});

test('Settings are read once for all messages of an invocation, also if a region does not answer', async () => {
  const reads: string[] = [];
  // The region's tools are not used here.
  const regionOf = (region: string, read: IntakeRegion['read']): IntakeRegion =>
    ({ region, read: () => (reads.push(region), read()) }) as unknown as IntakeRegion;
  const reading = readingOnce([
    regionOf('eu-west-1', regionWith('eu-west-1', 'api').read),
    regionOf('eu-central-1', down),
  ]);
  for (const [own, other] of [reading, reading]) {
    expect((await own.read()).settings.applications).toHaveProperty('api');
    await expect(other?.read()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  }
  expect(reads).toEqual(['eu-west-1', 'eu-central-1']);
});
