import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { regionsOf } from '../../../lib/failover/regions';
import { requestsPublisher } from '../../../lib/intake/publishRequests';

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;

/**
 * A publisher of the region `here`. `active` is the value in its table of regions; SQS refuses in the `down` regions.
 */
const publisherIn = (here: string, theStandby: string, active: string | undefined, ...down: string[]) => {
  const asked: string[] = [];
  const clients = [home, standby].map((region) => {
    const sqs = new SQSClient({ region });
    const dynamodb = new DynamoDBClient({ region });
    const send = mockClient(sqs).on(SendMessageCommand);
    if (down.includes(region)) send.rejects(Object.assign(new Error('down'), { name: 'ServiceUnavailable' }));
    else
      send.callsFake((input: { QueueUrl: string }) => {
        asked.push(input.QueueUrl);
        return { MessageId: 'sqs-1' };
      });
    mockClient(dynamodb)
      .on(GetItemCommand)
      .callsFake(() => {
        asked.push(`table of ${region}`);
        return active === undefined ? {} : { Item: { active: { S: active } } };
      });
    return [region, { sqs, dynamodb }] as const;
  });
  const of = new Map<string, { sqs: SQSClient; dynamodb: DynamoDBClient }>(clients);
  const known = (region: string) => {
    const found = of.get(region);
    if (!found) throw new Error(`no client of ${region}`);
    return found;
  };
  const environment = {
    regions: regionsOf(home, theStandby, here),
    regionsTable: 'regions',
    probeQueueUrl: '',
    requestsQueueUrl: `https://sqs.${here}.amazonaws.com/111122223333/requests`,
  };
  const publisher = requestsPublisher(environment, {
    sqs: (region) => known(region).sqs,
    dynamodb: (region) => known(region).dynamodb,
    clock: () => 1_795_000_000_000,
    newId: () => 'request-1',
  });
  return { asked, publish: () => publisher.publish({ body: '{}' }) };
};

const queueOf = (region: string) => `https://sqs.${region}.amazonaws.com/111122223333/requests`;

test.each([
  [home, home, home],
  [standby, home, home],
  [home, standby, standby],
  [standby, standby, standby],
  [standby, undefined, home],
])(
  'From %s, with %s active, a request goes to %s, and the local copy of the table is read',
  async (here, active, to) => {
    const { asked, publish } = publisherIn(here, standby, active);
    expect(await publish()).toMatchObject({ spooled: false, region: to, tries: [] });
    expect(asked).toEqual([`table of ${here}`, queueOf(to)]);
  },
);

test('A region that refuses is skipped, whatever the table says', async () => {
  const { publish } = publisherIn(home, standby, home, home);
  expect(await publish()).toMatchObject({
    region: standby,
    tries: [{ where: home, error: 'ServiceUnavailable' }],
  });
});

test('If both regions refuse, the caller gets an error, and nothing is spooled', async () => {
  const { publish } = publisherIn(home, standby, home, home, standby);
  await expect(publish()).rejects.toMatchObject({ name: 'MessageNotTaken', id: 'request-1' });
});

test('A stack of one region publishes there, and reads no table', async () => {
  const { asked, publish } = publisherIn(home, '', standby);
  expect(await publish()).toMatchObject({ region: home });
  expect(asked).toEqual([queueOf(home)]);
});
