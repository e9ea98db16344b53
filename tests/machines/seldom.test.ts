import { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstanceInformationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Cloud, cloudOptions, parseDescription, populate } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../cli/session/cloudSession';
import { sessionOn } from '../../cli/session/localSession';
import { statusOf } from '../../cli/queries/status';
import { removeSettings, storeSettings } from '../../lib/application/store';
import { putBackTags } from '../../lib/provisioning/instanceTagsEffect';
import { describeFailures } from '../../lib/provisioning/output';
import { startTestStack } from './support/testStack';

/** Calls that few runs make. With mocks alone, wrong requests would go unnoticed. */
const stage = () => {
  const description = parseDescription({ groups: { api: { version: 'v1', instances: 2, max: 4 } } });
  const cloud = Cloud.make(cloudOptions(description));
  populate(cloud, description);
  const session = sessionOnCloud(cloud);
  const { instances } = cloud.region('eu-west-1').service('ec2').state;
  return { cloud, session, instances, ids: Object.keys(instances) };
};

test("An application's settings are removed from the parameters", async () => {
  const { cloud, session } = stage();
  const ssm = session.connect(SSMClient);
  const settings = {
    applications: { api: { group: 'api', provisioning: { source: { s3: 's3://acme/api.tar.gz' } } } },
  };
  await storeSettings(ssm, session.names.settingsPrefix, settings);
  const { parameters } = cloud.region('eu-west-1').service('ssm').state;
  const before = Object.keys(parameters).length;
  await removeSettings(ssm, session.names.settingsPrefix, 'api');
  expect(Object.keys(parameters)).toHaveLength(before - 1);
});

test('A tag that an instance did not have before is removed again', async () => {
  const { session, instances, ids } = stage();
  const [id = ''] = ids;
  const instance = instances[id];
  if (!instance) throw new Error('The stage has no instance.');
  instance.tags['forseti:deployment'] = 'd-1';
  const effect = {
    before: { [id]: { 'forseti:deployment': null } },
    wrote: { [id]: { 'forseti:deployment': 'd-1' } },
  };
  const context = { guard: async () => undefined };
  await putBackTags(context as never, session.connect(EC2Client), effect as never);
  expect(instance.tags['forseti:deployment']).toBeUndefined();
});

test('The last output lines of a failed command are read from the instance where it failed', async () => {
  const { cloud, session, ids } = stage();
  const ssm = session.connect(SSMClient);
  const [id = ''] = ids;
  cloud
    .region('eu-west-1')
    .service('ssm')
    .state.failures.push({ exitCode: 1, output: 'no such role', instanceId: id });
  await ssm.send(new DescribeInstanceInformationCommand({}));
  const { Command } = await ssm.send(
    new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [id],
      Parameters: { commands: ['true'] },
    }),
  );
  await cloud.advance(3_600_000);
  const failed = { id, reason: 'Failed', begun: true, commandId: Command?.CommandId ?? '' };
  const [told] = await describeFailures(ssm, [failed]);
  expect(told).toContain('no such role');
});

test('The status of a fleet lists the last activities of its group', async () => {
  const { session } = await startTestStack();
  expect(await statusOf(session, 'api')).toMatchObject({ activities: [] });
});

test('A session on a local cloud reads the account from it', async () => {
  const { cloud, session } = stage();
  const connect =
    () =>
    (Class: never): unknown =>
      session.connect(Class);
  const local = await sessionOn({ home: cloud.home, connect } as never, {});
  expect(local.names.machineArn).toBe(session.names.machineArn);
});
