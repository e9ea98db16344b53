import { aws, data, filters, jmespath, json, recorded, structures } from '../../../lib/engine/repairCommand';

const region = recorded('eu-west-1');
const effect = recorded<{ readonly result?: { readonly imageId: string } }>({});

test('The compiler refuses a command with an unknown value', () => {
  const build = [
    // @ts-expect-error -- the id may be unknown
    () => data(effect.result?.imageId),
    // @ts-expect-error -- a placeholder is not recorded
    () => data(effect.result?.imageId ?? 'ID'),
    // @ts-expect-error -- nor is a region
    () => aws({ region: 'REGION' }, 'ec2 deregister-image', {}),
    // @ts-expect-error -- an option takes no plain text
    () => aws({ region }, 'ec2 deregister-image', { '--image-id': 'ID' }),
    // @ts-expect-error -- nor does a query
    () => jmespath`Images[?Name==${'NAME'}]`,
  ];
  expect(build).toHaveLength(5);
});

test.each([
  ['web', 'web'],
  ["it's", `'it'\\''s'`],
  ['$(reboot)', `'$(reboot)'`],
  ['a b;c', `'a b;c'`],
  ['', `''`],
])('The text %j is one word for a shell', (value, word) => {
  expect(data(recorded(value))).toBe(word);
});

test('A text in a query is a literal of JMESPath', () => {
  expect(jmespath`Commands[?Comment==${recorded('a `b` "c"')}].CommandId`).toBe(
    '\'Commands[?Comment==`"a \\`b\\` \\"c\\""`].CommandId\'',
  );
});

test.each([
  ['the shorthand says what is plain', [{ Key: 'a', Value: 'v1 x' }], ["'Key=a,Value=v1 x'"]],
  [
    'JSON says what the shorthand would take apart',
    [{ Key: 'a', Value: 'x,y' }],
    [`'[{"Key":"a","Value":"x,y"}]'`],
  ],
  ['JSON says what is empty', [{ Key: 'a', Value: '' }], [`'[{"Key":"a","Value":""}]'`]],
])('Tags are written so that the CLI reads them: %s', (_, list, words) => {
  expect(structures(list)).toEqual(words);
});

test('Filters have lists of values', () => {
  expect(filters({ name: recorded('x'), state: ['a', 'b'] })).toEqual([
    'Name=name,Values=x',
    'Name=state,Values=a,b',
  ]);
});

test('A command names its region last', () => {
  expect(
    aws({ region }, 'ec2 terminate-instances', {
      '--instance-ids': data(recorded('i-1')),
      '--dry-run': true,
    }),
  ).toBe('aws ec2 terminate-instances --instance-ids i-1 --dry-run --region eu-west-1');
  expect(json({ a: "b's" })).toBe(`'{"a":"b'\\''s"}'`);
});
