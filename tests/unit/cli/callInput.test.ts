import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { readInput } from '../../../cli/local/callInput';

type Command = new (input: never) => { readonly schema?: unknown };

const read = (Command: Command, json: unknown) => {
  const { schema } = new Command({} as never);
  return readInput((schema as readonly unknown[])[4] as never, json);
};

const group = { AutoScalingGroupName: 'api', MinSize: 1, MaxSize: 2 };

test.each(['2026-11-22T08:00:00Z', Date.UTC(2026, 10, 22, 8) / 1000])('%p is an instant.', (Time) => {
  const { input, problems } = read(PutEventsCommand, { Entries: [{ Time }] });
  expect(problems).toEqual([]);
  expect(input).toEqual({ Entries: [{ Time: new Date('2026-11-22T08:00:00Z') }] });
});

test('Bytes are base64, as the AWS CLI takes them.', () => {
  const { input } = read(InvokeCommand, { FunctionName: 'f', Payload: 'eyJhIjoxfQ==' });
  expect(input).toEqual({ FunctionName: 'f', Payload: new Uint8Array(Buffer.from('{"a":1}')) });
});

test('Maps, lists and structures within them are read as they are.', () => {
  const item = {
    TableName: 't',
    Item: { id: { S: 'a' }, list: { L: [{ N: '1' }, { M: { x: { BOOL: true } } }] } },
  };
  expect(read(PutItemCommand, item)).toEqual({ input: item, problems: [] });
  expect(read(GetCallerIdentityCommand, {})).toEqual({ input: {}, problems: [] });
});

test.each<[Command, unknown, string]>([
  [CreateAutoScalingGroupCommand, [], 'The input must be an object.'],
  [CreateAutoScalingGroupCommand, { ...group, MinSize: '1' }, 'MinSize must be a number.'],
  [
    CreateAutoScalingGroupCommand,
    { ...group, CapacityRebalance: 1 },
    'CapacityRebalance must be true or false.',
  ],
  [CreateAutoScalingGroupCommand, { ...group, AvailabilityZones: 'a' }, 'AvailabilityZones must be a list.'],
  [CreateAutoScalingGroupCommand, { ...group, AvailabilityZones: [1] }, 'AvailabilityZones[0] must be text.'],
  [
    CreateAutoScalingGroupCommand,
    { ...group, LaunchTemplate: { Name: 'api' } },
    'LaunchTemplate.Name is unknown; known are LaunchTemplateId, LaunchTemplateName, Version.',
  ],
  [PutItemCommand, { TableName: 't', Item: { id: { X: 1 } } }, 'Item.id.X is unknown; known are S, N, B, '],
  [PutItemCommand, { TableName: 't', Item: 1 }, 'Item must be an object.'],
  [PutEventsCommand, { Entries: [{ Time: 'soon' }] }, 'Entries[0].Time must be an instant'],
  [InvokeCommand, { FunctionName: 'f', Payload: 1 }, 'Payload must be text in base64.'],
  [InvokeCommand, {}, 'FunctionName is missing.'],
])('%p does not take %j: %s', (Command, json, problem) => {
  expect(read(Command, json).problems[0]).toContain(problem);
});
