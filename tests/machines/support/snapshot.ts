import { Table } from '../../../lib/aws/table';
import type { LockItem } from '../../../lib/engine/lockItem';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { type Release, Releases } from '../../../lib/engine/releases';
import type { TestStack } from './testStack';

/** Everything about a fleet that a failed deployment must leave as it was. Desired capacity belongs to scaling. */
export const fleetSnapshot = (stack: TestStack) => {
  const group = stack.group();
  const ec2 = stack.region.service('ec2').state;
  const { policies } = stack.region.service('autoscaling').state;
  const { alarms } = stack.region.service('cloudwatch').state;
  return {
    min: group.minSize,
    max: group.maxSize,
    suspended: Object.keys(group.suspended).sort(),
    launch: group.launch,
    protected: Object.values(group.instances).filter((member) => member.protected).length,
    templates: Object.values(ec2.launchTemplates).map(({ id, versions, defaultVersion }) => ({
      id,
      versions: Object.keys(versions),
      defaultVersion,
    })),
    images: Object.keys(ec2.images).sort(),
    snapshots: Object.keys(ec2.snapshots).sort(),
    policies: Object.keys(policies).sort(),
    alarms: Object.keys(alarms)
      // The stack's own stand beside the fleet's.
      .filter((name) => !/^forseti-production-(requests|alarms|events|waiting)-(dead|old)$/.test(name))
      .sort(),
  };
};

/** Members in service, with the version in their tags and the one that they run. */
export const serving = (stack: TestStack) =>
  Object.entries(stack.group().instances)
    .filter(([, { lifecycle }]) => lifecycle === 'InService')
    .map(([id]) => {
      const { tags, software, imageId } = stack.instance(id);
      return { id, tag: tags['forseti:version'], software, imageId };
    });

/** Loose ends: each list is empty when a deployment has ended as it should. */
export const looseEnds = async (stack: TestStack) => {
  const prefix = 'forseti-production';
  const locks = new Table<LockItem>(stack.dynamodb, `${prefix}-locks`);
  const waits = new Table<{ thing: string }>(stack.dynamodb, `${prefix}-waits`);
  const ec2 = stack.region.service('ec2').state;
  const ssm = stack.region.service('ssm').state;
  const autoScaling = stack.region.service('autoscaling').state;
  const members = stack.group().instances;
  return {
    locks: (await locks.scan()).filter(({ owner }) => owner !== undefined).map(({ owner }) => owner),
    waits: (await waits.scan()).map(({ thing: resourceKey }) => resourceKey),
    strangers: Object.values(ec2.instances)
      .filter(({ id, state }) => state === 'running' && !(id in members))
      .map(({ id }) => id),
    aside: Object.entries(members)
      .filter(([, { lifecycle }]) => /Standby/.test(lifecycle))
      .map(([id]) => id),
    commands: Object.values(ssm.commands)
      .filter(({ status }) => ['Pending', 'InProgress', 'Cancelling'].includes(status))
      .map(({ id }) => id),
    refreshes: Object.values(autoScaling.refreshes)
      .flat()
      .filter(({ status }) =>
        ['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking'].includes(status),
      )
      .map(({ id }) => id),
  };
};

export const noLooseEnds = { locks: [], waits: [], strangers: [], aside: [], commands: [], refreshes: [] };

export const recordOf = async (
  stack: TestStack,
  deployment = 'deployment-1',
): Promise<DeploymentRecord | undefined> =>
  new Table<DeploymentRecord>(stack.dynamodb, 'forseti-production-deployments').get({
    deployment,
    item: 'record',
  });

export const releasesOf = (stack: TestStack): Promise<Release[]> =>
  new Releases(new Table<Release>(stack.dynamodb, 'forseti-production-releases')).list('api');

/** Subjects of the messages that were sent, in their order, with the topic's name. */
export const told = (stack: TestStack): { topic: string; subject: string; message: string }[] =>
  stack.region.service('sns').state.published.map(({ topicArn, subject, message }) => ({
    topic: topicArn.slice(topicArn.lastIndexOf(':') + 1),
    subject: subject ?? '',
    message,
  }));
