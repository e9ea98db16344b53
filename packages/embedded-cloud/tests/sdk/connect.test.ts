import { paginateDescribeInstances, EC2, EC2Client, waitUntilImageAvailable } from '@aws-sdk/client-ec2';
import { AwsError } from '../../src/core/errors';
import { connect, subclass, type Exit } from '../../src/sdk/connect';

const exit = (answer: (action: string, input: Record<string, unknown>) => unknown): Exit => ({
  region: 'eu-west-1',
  answer: async (_region, _service, action, input) => answer(action, input as Record<string, unknown>),
});

describe('A subclassed client', () => {
  test('Names the region that it was made for, the service by IAM’s prefix and the action', async () => {
    const seen: unknown[] = [];
    const client = connect({
      region: 'eu-west-1',
      answer: async (...call) => {
        seen.push(call);
        return {};
      },
    })(EC2, { region: 'eu-central-1' });
    await client.describeImages({ ImageIds: ['ami-1'] });
    expect(seen).toEqual([['eu-central-1', 'ec2', 'DescribeImages', { ImageIds: ['ami-1'] }]]);
  });

  test('Serves the SDK’s paginators', async () => {
    const client = connect(
      exit((_action, { NextToken }) =>
        NextToken === undefined
          ? { Reservations: [{ ReservationId: 'r-1' }], NextToken: 'more' }
          : { Reservations: [{ ReservationId: 'r-2' }] },
      ),
    )(EC2Client);
    const found: unknown[] = [];
    for await (const page of paginateDescribeInstances({ client }, {}))
      found.push(...(page.Reservations ?? []));
    expect(found).toEqual([{ ReservationId: 'r-1' }, { ReservationId: 'r-2' }]);
  });

  test('Serves the SDK’s waiters', async () => {
    const client = connect(exit(() => ({ Images: [{ State: 'available' }] })))(EC2Client);
    const result = await waitUntilImageAvailable({ client, maxWaitTime: 60 }, { ImageIds: ['ami-1'] });
    expect(result.state).toBe('SUCCESS');
  });

  test('Keeps name and class of the original, and throws errors of the service’s own base class', async () => {
    const refuse = exit(() => {
      throw new AwsError('InvalidAMIID.NotFound', 'The image id does not exist');
    });
    const Subclass = subclass(EC2Client, refuse);
    expect(Subclass.name).toBe('EC2Client');
    const client = connect(refuse)(EC2);
    expect(client).toBeInstanceOf(EC2Client);
    await expect(client.describeImages({})).rejects.toMatchObject({
      name: 'InvalidAMIID.NotFound',
      message: 'The image id does not exist',
      $fault: 'client',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
  });
});
