import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createChangeSetOn, getAccountSettingsOn } from './stacks/playedStack';
import type { Quota } from './world';
import { createImageOn } from './createImage';
import { account } from './emulators';
import { type Answer, json } from './proxy/answer';
import type { Played } from './proxy/server';

/** Newer than the newest agent version that Preflight requires. */
const agentVersion = '3.3.2746.0';

type Connect = <Client>(Class: new (config: object) => Client, region: string) => Client;

const connectTo =
  (endpoint: string): Connect =>
  (Class, region) =>
    new Class({ region, endpoint, credentials: { accessKeyId: account, secretAccessKey: 'test' } });

interface Endpoints {
  readonly ministack: string;
  readonly moto: string;
}

const runningInstances = async (ec2: EC2Client): Promise<Instance[]> => {
  const { Reservations: reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'instance-state-name', Values: ['running'] }] }),
  );
  return reservations.flatMap(({ Instances }) => Instances ?? []);
};

type Filters = readonly { readonly Key?: string; readonly Values?: readonly string[] }[];

/** Each running instance on moto has an agent that is online. */
const describeInstanceInformation = async (connect: Connect, region: string, filters: Filters) => {
  const wanted = filters.find(({ Key }) => Key === 'InstanceIds')?.Values;
  const running = await runningInstances(connect(EC2Client, region));
  return {
    InstanceInformationList: running
      .filter(({ InstanceId }) => wanted === undefined || wanted.includes(InstanceId ?? ''))
      .map(({ InstanceId }) => ({
        InstanceId,
        PingStatus: 'Online',
        AgentVersion: agentVersion,
        PlatformType: 'Linux',
        ResourceType: 'EC2Instance',
      })),
  };
};

/** Each instance to which moto sent a command has run it successfully. */
const listCommandInvocations = async (connect: Connect, region: string, commandId: string) => {
  const { Commands: [command] = [] } = await connect(SSMClient, region).send(
    new ListCommandsCommand({ CommandId: commandId }),
  );
  return {
    CommandInvocations: (command?.InstanceIds ?? []).map((InstanceId) => ({
      CommandId: commandId,
      InstanceId,
      DocumentName: command?.DocumentName,
      Status: command?.Status,
      StatusDetails: 'Success',
    })),
  };
};

/**
 * Task tokens contain their execution, and roles name the machines whose tasks they may answer. MiniStack takes these
 * two actions for calls on `*`, and so refuses such a role. Roles also name the source under which they put events,
 * but MiniStack does not pass the source to a policy (`events:source`). These calls are passed on as the account's
 * own, after a check of the role (tests/e2e/roles.ts).
 */
const passedOn =
  (send: (region: string, input: never) => Promise<object>): Played =>
  async ({ region }, body) => {
    try {
      const answer = await send(region, JSON.parse(body.toString('utf8')) as never);
      return json(200, Object.fromEntries(Object.entries(answer).filter(([name]) => name !== '$metadata')));
    } catch (error) {
      const { name, message } = error as Error;
      return json(400, { __type: name, message }, { 'x-amzn-errortype': name });
    }
  };

/** The report's text for each: why no emulator can answer it, and what was answered instead. */
export const whyPlayed: Readonly<Record<string, string>> = {
  'ssm:DescribeInstanceInformation':
    'moto does not know it, MiniStack has no instances: each instance that runs on moto has an agent that is online',
  'ssm:ListCommandInvocations':
    'neither knows it: each instance that moto says a command was sent to has run it as the command says',
  'autoscaling:DescribeInstanceRefreshes':
    'moto knows no instance refresh: none was ever started (rollouts here are surges)',
  'cloudformation:CreateChangeSet':
    'MiniStack knows neither AWS::SSM::Document nor AWS::Region in a condition, and imports no global table: the template is rewritten',
  'lambda:GetAccountSettings': 'MiniStack has one quota for all: the scenario sets it',
  'ec2:CreateImage': 'moto refuses tags of snapshots: it makes the image, the tags are set right after',
  'states:SendTaskSuccess':
    'MiniStack checks the permission on *: passed on as the account, after a look at the role',
  'states:SendTaskFailure':
    'MiniStack checks the permission on *: passed on as the account, after a look at the role',
  'events:PutEvents':
    'MiniStack does not know events:source in a condition: passed on as the account, after a look at the role',
};

/** An empty answer in Query's form. */
const emptyXml = (action: string, list: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(
    `<${action}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><${action}Result><${list}/></${action}Result><ResponseMetadata><RequestId>played</RequestId></ResponseMetadata></${action}Response>`,
  ),
});

/**
 * Answers to calls that no emulator can answer. No emulator runs instances, so each agent is online and each command
 * succeeds; the instances and the targets of commands are moto's. moto knows no instance refresh, so none was ever
 * started, which is true here.
 */
export const playedOn = ({ ministack, moto }: Endpoints, quota: Quota): Readonly<Record<string, Played>> => {
  const connect = connectTo(moto);
  const toMinistack = connectTo(ministack);
  const inputOf = (body: Buffer) => JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  return {
    'ssm:DescribeInstanceInformation': async ({ region }, body) =>
      json(
        200,
        await describeInstanceInformation(
          connect,
          region,
          (inputOf(body).Filters as Filters | undefined) ?? [],
        ),
      ),
    'cloudformation:CreateChangeSet': createChangeSetOn(toMinistack, connect),
    'lambda:GetAccountSettings': getAccountSettingsOn(toMinistack, quota),
    'ec2:CreateImage': createImageOn(moto, (region) => connect(EC2Client, region)),
    'states:SendTaskSuccess': passedOn((region, input) =>
      toMinistack(SFNClient, region).send(new SendTaskSuccessCommand(input)),
    ),
    'states:SendTaskFailure': passedOn((region, input) =>
      toMinistack(SFNClient, region).send(new SendTaskFailureCommand(input)),
    ),
    'events:PutEvents': passedOn((region, input) =>
      toMinistack(EventBridgeClient, region).send(new PutEventsCommand(input)),
    ),
    'ssm:ListCommandInvocations': async ({ region }, body) =>
      json(200, await listCommandInvocations(connect, region, String(inputOf(body).CommandId))),
    'autoscaling:DescribeInstanceRefreshes': async ({ action }) => emptyXml(action, 'InstanceRefreshes'),
  };
};
