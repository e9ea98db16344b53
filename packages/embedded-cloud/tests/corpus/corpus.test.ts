import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Cloud } from '../../src/cloud/cloud';
import { type ObservedRequest, observeRequests, requestObserver } from '../../src/cloud/observers';
import { shapeOf } from '../../src/corpus/shape';
import { corpusWriter, encode } from '../../src/corpus/write';

/** The observer of this test run, which is restored after each test. */
const observer = requestObserver();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corpus-'));
});

afterEach(() => {
  observeRequests(observer);
  rmSync(folder, { recursive: true });
});

const written = (): ObservedRequest[] =>
  readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : (JSON.parse(line) as ObservedRequest))),
  );

const request = (input: unknown, more: Partial<ObservedRequest> = {}): ObservedRequest => ({
  service: 'ssm',
  action: 'GetParameter',
  principal: { kind: 'function', name: 'Accept' },
  input,
  ...more,
});

test.each([
  ['the values of texts that are no enums', { Name: '/a/1' }, { Name: '/b/2' }, true],
  ['what looks like an enum', { Type: 'String' }, { Type: 'SecureString' }, false],
  ['the members that are there', { Name: '/a' }, { Name: '/a', With: true }, false],
  ['the order of members', { A: 1, B: 1 }, { B: 1, A: 1 }, true],
  ['how many elements of one shape there are', { Names: ['/a/1'] }, { Names: ['/a/1', '/b/2'] }, true],
  ['the punctuation of a text', { Name: '/a' }, { Name: 'a:b/c' }, false],
  ['how long a text is, about', { Name: '/a' }, { Name: `/${'a'.repeat(300)}` }, false],
  ['dates and texts', { At: new Date(0) }, { At: '1970-01-01' }, false],
  ['members that are not defined', { A: 1, B: undefined }, { A: 1 }, true],
])('Requests are of one shape or not by %s', (_by, one, other, isSame) => {
  expect(shapeOf(one) === shapeOf(other)).toBe(isSame);
});

test('Each shape is written once for each who sends it and for each end', () => {
  const observe = corpusWriter(folder);
  for (const input of [{ Name: '/a/1' }, { Name: '/b/2' }]) observe(request(input));
  observe(request({ Name: '/a/1' }, { refused: 'ParameterNotFound' }));
  observe(request({ Name: '/a/1' }, { principal: { kind: 'function', name: 'Lock' } }));
  expect(written().map(({ principal, refused }) => [principal.name, refused])).toEqual([
    ['Accept', undefined],
    ['Accept', 'ParameterNotFound'],
    ['Lock', undefined],
  ]);
});

test('Dates and bytes are written so that they can be told from texts', () => {
  expect(encode({ at: new Date(0), bytes: new Uint8Array([1, 2]) })).toEqual({
    at: { $date: '1970-01-01T00:00:00.000Z' },
    bytes: { $bytes: 'AQI=' },
  });
});

test('A cloud hands on what it is sent, with who sent it and how it ended, where that was asked for', async () => {
  observeRequests(corpusWriter(folder));
  const cloud = Cloud.make();
  const ssm = cloud.connect('eu-west-1')(SSMClient);
  const put = new PutParameterCommand({ Name: '/a', Value: 'one', Type: 'String' });
  await cloud.run(() => ssm.send(put));
  await cloud.run(() => ssm.send(new GetParameterCommand({ Name: '/none' })).catch(() => undefined));
  expect(written()).toEqual([
    {
      service: 'ssm',
      action: 'PutParameter',
      principal: { kind: 'person', name: 'engineer' },
      input: { Name: '/a', Value: 'one', Type: 'String' },
    },
    expect.objectContaining({ action: 'GetParameter', refused: 'ParameterNotFound' }),
  ]);
});

test('Nothing is written where nobody asked', async () => {
  observeRequests(undefined);
  const cloud = Cloud.make();
  const ssm = cloud.connect('eu-west-1')(SSMClient);
  await cloud.run(() => ssm.send(new GetParameterCommand({ Name: '/none' })).catch(() => undefined));
  expect(written()).toEqual([]);
});
