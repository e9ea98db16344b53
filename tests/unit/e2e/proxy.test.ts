import { withoutSnapshotTags } from '../../e2e/createImage';
import { callOf, errorOf } from '../../e2e/proxy/call';

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=111122223333/20261122/eu-west-1/${service}/aws4_request, Signature=0`,
});
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe("The end-to-end run's proxy", () => {
  test.each([
    [
      'JSON',
      'states',
      '/',
      { 'x-amz-target': 'AWSStepFunctions.StartExecution' },
      '',
      'states:StartExecution',
    ],
    ['Query', 'ec2', '/', form, 'Action=RunInstances&Version=2016-11-15', 'ec2:RunInstances'],
    ['CBOR', 'monitoring', '/service/X/operation/DescribeAlarms', {}, '', 'cloudwatch:DescribeAlarms'],
    ['REST', 'lambda', '/2015-03-31/functions/f/invocations', {}, '{}', 'lambda:Invoke'],
  ])(
    'The proxy recognises a call in the protocol %s',
    (_protocol, service, path, headers, body, expected) => {
      const call = callOf('POST', path, { ...signed(service), ...headers }, Buffer.from(body));
      expect(`${call?.service ?? ''}:${call?.action ?? ''}`).toBe(expected);
      expect(call).toMatchObject({ region: 'eu-west-1', accessKeyId: '111122223333' });
    },
  );

  test('A request without a signature is no call', () => {
    expect(callOf('POST', '/', form, Buffer.from('Action=RunInstances'))).toBeUndefined();
  });

  test.each([
    [200, {}, '', undefined],
    [400, { 'x-amzn-errortype': 'ResourceNotFoundException:http://x' }, '', 'ResourceNotFoundException'],
    [400, {}, '{"__type":"com.amazon#ValidationException"}', 'ValidationException'],
    [403, {}, '<Response><Errors><Error><Code>UnauthorizedOperation</Code>', 'UnauthorizedOperation'],
    [500, {}, 'oops', '500'],
  ])('The code of an answer is read: %s', (status, headers, body, expected) => {
    expect(errorOf(status, headers, Buffer.from(body))).toBe(expected);
  });
});

test('Tags of snapshots are removed from a CreateImage, those of images stay', () => {
  const { rest, tags } = withoutSnapshotTags(
    new URLSearchParams({
      Action: 'CreateImage',
      'TagSpecification.1.ResourceType': 'image',
      'TagSpecification.1.Tag.1.Key': 'a',
      'TagSpecification.1.Tag.1.Value': '1',
      'TagSpecification.2.ResourceType': 'snapshot',
      'TagSpecification.2.Tag.1.Key': 'b',
      'TagSpecification.2.Tag.1.Value': '2',
    }),
  );
  expect(tags).toEqual([{ Key: 'b', Value: '2' }]);
  expect([...rest.keys()]).toEqual([
    'Action',
    'TagSpecification.1.ResourceType',
    'TagSpecification.1.Tag.1.Key',
    'TagSpecification.1.Tag.1.Value',
  ]);
});
