import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { strToU8, zipSync } from 'fflate';
import type { Foreign } from '../names';
import type { ClientClass, Ground, Host } from '../world';
import { homeRegion } from './local';

/** Both emulators take the account from the access key. */
const account = '111122223333';
const roleArn = `arn:aws:iam::${account}:role/contracts`;

type Connect = Host['connect'];

const templateData = { ImageId: '', InstanceType: 't3.micro' } as const;

/** MiniStack boots images that are registered in Docker. With any other image it only pretends to. */
const anyImage = 'ami-0abcdef1234567890';

const registered = async (ec2: EC2Client): Promise<string> => {
  const image = { Name: 'ground', RootDeviceName: '/dev/xvda', Architecture: 'x86_64' } as const;
  return (await ec2.send(new RegisterImageCommand(image))).ImageId ?? '';
};

/** A target group, and a load balancer whose one listener forwards to it. */
const makeBalancer = async (
  elb: ElasticLoadBalancingV2Client,
  VpcId: string | undefined,
  Subnets: string[],
): Promise<Pick<Ground, 'targetGroupArn' | 'loadBalancerArn' | 'listenerArn'>> => {
  const group = { Name: 'ground', Protocol: 'HTTP', Port: 80 } as const;
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ ...group, ...(VpcId !== undefined && { VpcId }) }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'ground', Subnets }));
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  return {
    targetGroupArn: TargetGroupArn,
    loadBalancerArn: LoadBalancerArn,
    listenerArn: Listeners?.[0]?.ListenerArn ?? '',
  };
};

/** Creates what contracts expect to exist: an image, a template, and a target group in the default network. */
const makeGround = async (connect: Connect, name: Foreign): Promise<Ground> => {
  const ec2 = connect(EC2Client);
  const ImageId = name === 'ministack' ? anyImage : await registered(ec2);
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'ground',
      LaunchTemplateData: { ...templateData, ImageId },
    }),
  );
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [first] = Subnets;
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'ground',
      Description: 'ground',
      ...(first?.VpcId !== undefined && { VpcId: first.VpcId }),
    }),
  );
  const subnetIds = Subnets.flatMap(({ SubnetId = '' }) => SubnetId).slice(0, 2);
  const balancing = await makeBalancer(connect(ElasticLoadBalancingV2Client), first?.VpcId, subnetIds);
  ec2.destroy();
  return {
    imageId: ImageId,
    templateId: LaunchTemplate?.LaunchTemplateId ?? '',
    subnetIds,
    securityGroupId: GroupId,
    ...balancing,
  };
};

/** An emulator at an endpoint of this machine. */
export const endpointHost = (name: Foreign, endpoint: string, pauseMs = 100): Host => {
  const connect = <Client>(Class: ClientClass<Client>): Client =>
    new Class({
      endpoint,
      region: homeRegion,
      // No retries: a server error must be seen as it is.
      maxAttempts: 1,
      credentials: { accessKeyId: account, secretAccessKey: 'test' },
    });
  let ground: Promise<Ground> | undefined;
  return {
    name,
    connect,
    ground: () => (ground ??= makeGround(connect, name)),
    topic: async (Name) => (await connect(SNSClient).send(new CreateTopicCommand({ Name }))).TopicArn ?? '',
    machine: async (machineName, definition) => {
      const command = new CreateStateMachineCommand({
        name: machineName,
        roleArn,
        definition: JSON.stringify(definition),
      });
      return (await connect(SFNClient).send(command)).stateMachineArn ?? '';
    },
    lambda: async (FunctionName, code) => {
      const command = new CreateFunctionCommand({
        FunctionName,
        Role: roleArn,
        Runtime: 'nodejs20.x',
        Handler: 'index.handler',
        Timeout: 10,
        Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
      });
      return (await connect(LambdaClient).send(command)).FunctionArn ?? '';
    },
    mapping: async (EventSourceArn, FunctionName) => {
      const command = new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName });
      return (await connect(LambdaClient).send(command)).UUID ?? '';
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, pauseMs)),
    run: (work) => work(),
    close: async () => undefined,
  };
};
