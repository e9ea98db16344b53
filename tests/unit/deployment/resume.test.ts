import type { DeploymentRecord } from '../../../lib/engine/record';
import { resumedRequest } from '../../../lib/deployment/resume';
import { now, recordOf } from '../compensation/fakeContext';

const request = { application: 'api', version: 'v2', resumeFrom: 'api-v2-1' };
const failed = recordOf({ kind: 'deployment', bakedImage: 'ami-2', closedAt: now, outcome: 'RolledBack' });

const without = (name: 'closedAt' | 'bakedImage'): DeploymentRecord =>
  Object.fromEntries(Object.entries(failed).filter(([key]) => key !== name)) as unknown as DeploymentRecord;

test('A request that resumes nothing stays as it is', () => {
  const plain = { application: 'api', version: 'v2' };
  expect(resumedRequest(plain, undefined)).toBe(plain);
});

test.each(['RolledBack', 'Dirty', 'Rejected'] as const)(
  'A deployment that ended as %s is resumed with its image',
  (outcome) => {
    expect(resumedRequest(request, { ...failed, outcome })).toEqual({ ...request, image: 'ami-2' });
  },
);

test('A request may name the image if it is the same', () => {
  expect(resumedRequest({ ...request, image: 'ami-2' }, failed).image).toBe('ami-2');
});

test.each<
  [string, Parameters<typeof resumedRequest>[1], Partial<typeof request> & { image?: string }, RegExp]
>([
  ['there is none', undefined, {}, /There is no record of it; "forseti status api"/],
  ['it is a rollback', { ...failed, kind: 'rollback' }, {}, /It is a rollback/],
  ['it was for another version', failed, { version: 'v3' }, /It was for api v2, the request is for api v3/],
  [
    'it was for another application',
    failed,
    { application: 'web' },
    /It was for api v2, the request is for web v2/,
  ],
  ['it runs', without('closedAt'), {}, /not ended yet, or is being mended/],
  ['it was deployed', { ...failed, outcome: 'Deployed' }, {}, /there is nothing to resume/],
  ['it had no image yet', without('bakedImage'), {}, /before its image was made; deploy again/],
  ['another image is named', failed, { image: 'ami-9' }, /It made image ami-2, the request names ami-9/],
])('A deployment is not resumed, since %s', (_, record, more, why) => {
  expect(() => resumedRequest({ ...request, ...more }, record)).toThrow(
    expect.objectContaining({
      name: 'InvalidRequest',
      message: expect.stringMatching(/Deployment api-v2-1 cannot be resumed/) as string,
      problems: [expect.stringMatching(why)] as string[],
    }) as Error,
  );
});

test('All problems are reported together', () => {
  const asked = { ...request, version: 'v3', image: 'ami-9' };
  expect(() => resumedRequest(asked, { ...failed, outcome: 'Deployed' })).toThrow(
    expect.objectContaining({
      problems: Array.from({ length: 3 }, () => expect.any(String) as string),
    }) as Error,
  );
});
