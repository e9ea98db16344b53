import { CopyImageCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import type { ImageCopy } from '../../../lib/engine/releases';
import { copyImage, isCopyDue } from '../../../lib/image/copyImage';
import { now } from '../compensation/fakeContext';

const mock = mockClient(EC2Client);
const ec2 = new EC2Client({});
const release = { application: 'api', version: 'v2', deployment: 'api-v2-1', image: 'ami-2' };
const pending: ImageCopy = { state: 'pending', since: now - 60_000, tries: 0 };
const copying: ImageCopy = { state: 'copying', image: 'ami-3', since: now - 60_000, tries: 0 };
const copy = (known: ImageCopy, at = now) => copyImage(release, known, { ec2, home: 'eu-west-1', now: at });
const failsWith = (name: string) => Object.assign(new Error('it failed'), { name });

beforeEach(() => {
  mock.reset();
  mock.on(CopyImageCommand).resolves({ ImageId: 'ami-3' });
});

test('A copy is begun with the tags of its image', async () => {
  mock.on(DescribeImagesCommand).resolves({ Images: [] });
  expect(await copy(pending)).toEqual({ state: 'copying', image: 'ami-3', since: now, tries: 0 });
  expect(mock.commandCalls(CopyImageCommand)[0]?.args[0].input).toMatchObject({
    SourceImageId: 'ami-2',
    SourceRegion: 'eu-west-1',
  });
});

test('A copy whose answer was lost is adopted', async () => {
  mock.on(DescribeImagesCommand).resolves({ Images: [{ ImageId: 'ami-9', State: 'available' }] });
  expect(await copy(pending)).toMatchObject({ state: 'available', image: 'ami-9' });
  expect(mock.commandCalls(CopyImageCommand)).toEqual([]);
});

test.each<[string, object[], ImageCopy['state']]>([
  ['is pending', [{ State: 'pending' }], 'copying'],
  ['is available', [{ State: 'available' }], 'available'],
  ['failed', [{ State: 'failed', StateReason: { Message: 'no key' } }], 'failed'],
  ['is not shown yet', [], 'copying'],
])('A copy that %s', async (_, Images, state) => {
  mock.on(DescribeImagesCommand).resolves({ Images });
  expect((await copy(copying)).state).toBe(state);
});

test('A copy that is gone after two minutes has failed', async () => {
  mock.on(DescribeImagesCommand).resolves({ Images: [] });
  expect(await copy(copying, now + 120_000)).toMatchObject({
    state: 'failed',
    tries: 1,
    problem: expect.stringContaining('gone') as string,
  });
});

test('A region that does not answer keeps a copy that is under way, and fails one that is not', async () => {
  mock.on(DescribeImagesCommand).rejects(failsWith('ServiceUnavailable'));
  expect(await copy(copying)).toEqual({ ...copying, problem: 'ServiceUnavailable: it failed' });
  expect(await copy(pending)).toMatchObject({ state: 'failed', tries: 1 });
});

test.each([
  [1, 4, false],
  [1, 5, true],
  [2, 9, false],
  [2, 10, true],
  [9, 59, false],
  [9, 60, true],
])('After %d failures, %d minutes after the last, the copy is due: %s', (tries, minutes, due) => {
  expect(isCopyDue({ state: 'failed', since: now, tries }, now + minutes * 60_000)).toBe(due);
});
