import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudFormationClient as CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { describeStack } from '../../../cli/install/cloudFormation';
import {
  deleteStack,
  deployStack,
  type StackContents,
  type StackPlace,
} from '../../../cli/install/stackWork';
import { StackDouble } from './support/stackDouble';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-assets-'));
  writeFileSync(join(folder, 'Accept.zip'), 'code');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const template = {
  Resources: {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
    ServerlessDeploymentBucketPolicy: { Type: 'AWS::S3::BucketPolicy' },
    ...Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`Queue${String(index)}`, { Type: 'AWS::SQS::Queue' }]),
    ),
  },
} as CloudFormationTemplate;

const contents = (): StackContents => ({
  template,
  parameters: { HomeRegion: 'eu-west-1' },
  assets: [{ key: 'forseti/assets/1/Accept.zip', file: join(folder, 'Accept.zip') }],
});

/** A place whose time passes with its sleeps. */
const placeOn = (double: StackDouble, told: string[] = []): StackPlace => {
  let now = 0;
  return {
    name: 'forseti-production',
    stage: 'production',
    region: 'eu-west-1',
    cloudFormation: double.client(CloudFormation) as unknown as CloudFormationClient,
    s3: double.client(S3Client) as unknown as S3Client,
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    tell: ({ logicalId, status }) => told.push(`${logicalId} ${status}`),
  };
};

const created = ['CreateChangeSet', 'ExecuteChangeSet'];
const uploaded = ['PutObject', 'PutObject'];

test('A new stack is made of its bucket, then filled by a change set that takes over what exists', async () => {
  const double = new StackDouble();
  expect(await deployStack(placeOn(double), contents())).toBe(true);
  expect(double.changes).toEqual([...created, ...uploaded, ...created]);
  const sets = double.calls.filter(({ name }) => name === 'CreateChangeSet').map(({ input }) => input);
  expect(sets[0]).toMatchObject({ ChangeSetType: 'CREATE', ChangeSetName: 'forseti-production-change-set' });
  expect(Object.keys((JSON.parse(sets[0]?.TemplateBody ?? '') as typeof template).Resources)).toEqual([
    'ServerlessDeploymentBucket',
    'ServerlessDeploymentBucketPolicy',
  ]);
  expect(sets[1]).toMatchObject({
    ChangeSetType: 'UPDATE',
    ImportExistingResources: true,
    Tags: [{ Key: 'STAGE', Value: 'production' }],
    Parameters: [{ ParameterKey: 'HomeRegion', ParameterValue: 'eu-west-1' }],
  });
  expect(sets[1]?.TemplateURL).toMatch(
    /^https:\/\/s3\.eu-west-1\.amazonaws\.com\/serverlessdeploymentbucket-1\/forseti\/assets\/\w+\/template\.json$/,
  );
});

test('A second run changes nothing, and uploads no code again', async () => {
  const double = new StackDouble();
  await deployStack(placeOn(double), contents());
  double.calls.length = 0;
  expect(await deployStack(placeOn(double), contents())).toBe(false);
  expect(double.changes).toEqual(['PutObject', 'CreateChangeSet']);
  expect(double.names.at(-1)).toBe('DeleteChangeSet');
});

test.each([1, 10, 20, 30, 40])(
  'A deployment that fails at resource %i says so in the words of AWS, and the next one succeeds',
  async (failsAt) => {
    const double = new StackDouble();
    const told: string[] = [];
    double.failsAt = failsAt;
    if (failsAt <= 2) {
      await expect(deployStack(placeOn(double, told), contents())).rejects.toThrow(/ROLLBACK_COMPLETE/);
      expect(double.status).toBe('ROLLBACK_COMPLETE');
    } else {
      await expect(deployStack(placeOn(double, told), contents())).rejects.toThrow(
        /ended in UPDATE_ROLLBACK_COMPLETE:\n {2}Queue\d+ \(AWS::SQS::Queue\): Resource handler returned message: "Something is wrong"\n {4}Put that right/,
      );
    }
    double.failsAt = undefined;
    expect(await deployStack(placeOn(double), contents())).toBe(true);
    expect(double.status).toBe('UPDATE_COMPLETE');
  },
);

test.each([
  ['ROLLBACK_COMPLETE', ['DeleteStack', ...created, ...uploaded, ...created]],
  ['DELETE_FAILED', ['DeleteStack', ...created, ...uploaded, ...created]],
  ['REVIEW_IN_PROGRESS', [...created, ...uploaded, ...created]],
  ['UPDATE_ROLLBACK_COMPLETE', [...uploaded, ...created]],
])('A stack in %s is gone on with', async (status, changes) => {
  const double = new StackDouble();
  double.status = status;
  if (status.startsWith('UPDATE'))
    double.template = { Resources: { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } } };
  expect(await deployStack(placeOn(double), contents())).toBe(true);
  expect(double.changes).toEqual(changes);
  expect(double.status).toBe('UPDATE_COMPLETE');
});

test('A rollback that has failed is continued first; one that goes on is waited for', async () => {
  for (const status of ['UPDATE_ROLLBACK_FAILED', 'UPDATE_ROLLBACK_IN_PROGRESS']) {
    const double = new StackDouble();
    double.status = status;
    double.template = { Resources: { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } } };
    double.coming.push(status, 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE');
    expect(await deployStack(placeOn(double), contents())).toBe(true);
    expect(double.names.includes('ContinueUpdateRollback')).toBe(status === 'UPDATE_ROLLBACK_FAILED');
  }
});

test('A stack is deleted after its bucket is emptied', async () => {
  const double = new StackDouble();
  const place = placeOn(double);
  await deployStack(place, contents());
  const stack = await describeStack(place.cloudFormation, place.name);
  if (!stack) throw new Error('There is no stack.');
  await deleteStack(place, stack);
  expect(double.changes.slice(-2)).toEqual(['DeleteObjects', 'DeleteStack']);
  expect(await describeStack(place.cloudFormation, place.name)).toBeUndefined();
});

test('A change set that CloudFormation refuses is told in its words, with the next step', async () => {
  const double = new StackDouble();
  await deployStack(placeOn(double), contents());
  double.refuses = 'User: ada is not authorized to perform: cloudformation:CreateChangeSet';
  await expect(deployStack(placeOn(double), contents())).rejects.toThrow(
    /refuses the changes of forseti-production in eu-west-1 \(ValidationError\): User: ada is not authorized.*\n {2}Nothing was changed\. Give whoever installs that permission/,
  );
});
