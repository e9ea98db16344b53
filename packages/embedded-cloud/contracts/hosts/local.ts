import { Cloud } from '../../src/cloud/cloud';
import { populate, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';
import { subnetsOf } from '../../src/description/network';
import type { Definition } from '../../src/states/definition';
import type { ClientClass, Ground, Host } from '../world';

export const homeRegion = 'eu-west-1';

const description = parseDescription({
  groups: { ground: { version: 'v1', instances: 2, max: 4, securityGroups: ['ground'] } },
  loadBalancers: { ground: { listeners: [{ targetGroup: 'ground' }] } },
  securityGroups: { ground: {} },
});

const groundOf = (cloud: Cloud): Ground => {
  const region = cloud.region(homeRegion);
  const { images, launchTemplateNames } = region.service('ec2').state;
  const { targetGroups, listeners } = region.service('elasticloadbalancing').state;
  const [target] = Object.values(targetGroups);
  const [listener] = Object.values(listeners);
  const group = Object.values(region.service('ec2').state.securityGroups).find(
    ({ name }) => name === 'ground',
  );
  return {
    imageId: Object.keys(images)[0] ?? '',
    templateId: launchTemplateNames.ground ?? '',
    subnetIds: Object.values(subnetsOf(region)).slice(0, 2),
    targetGroupArn: target?.arn ?? '',
    loadBalancerArn: listener?.loadBalancerArn ?? '',
    listenerArn: listener?.arn ?? '',
    securityGroupId: group?.id ?? '',
  };
};

/** A role with the permissions of the contracts' functions and mappings. */
const role = {
  name: 'contracts',
  policies: [{ Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'lambda:*'], Resource: '*' }] }],
};

/** The embedded cloud. Time passes only while a contract waits. */
export const localHost = (): Host => {
  const cloud = Cloud.make({ ...cloudOptions(description), regions: [homeRegion, 'eu-central-1'] });
  populate(cloud, description);
  const region = cloud.region(homeRegion);
  const roleArn = `arn:aws:iam::${cloud.account}:role/contracts`;
  cloud.roles = { [roleArn]: role };
  return {
    name: 'local',
    connect: <Client>(Class: ClientClass<Client>) => cloud.connect(homeRegion)(Class),
    ground: async () => groundOf(cloud),
    topic: async (name) => region.service('sns').createTopic(name),
    machine: async (name, definition) =>
      region.service('states').createStateMachine({ name, roleArn, definition: definition as Definition }),
    lambda: async (name, code) => {
      const lambda = region.service('lambda');
      lambda.loadCode({ [name]: { file: `${name}.cjs`, text: code } });
      const { functionArn } = lambda.add({
        functionName: name,
        handler: `${name}.handler`,
        timeoutSeconds: 10,
        memoryMb: 128,
        environment: {},
        roleArn,
      });
      return functionArn;
    },
    mapping: async (queueArn, functionArn) =>
      region.service('sqs').createMapping({
        queueArn,
        functionName: functionArn.split(':').at(-1) ?? '',
        roleArn,
        batchSize: 10,
        windowSeconds: 0,
        reportsItemFailures: false,
        maximumConcurrency: 1000,
        enabled: true,
      }).id,
    pause: () => new Promise((resolve) => setTimeout(resolve, 10_000)),
    run: (work) => cloud.run(work),
    close: async () => undefined,
  };
};
