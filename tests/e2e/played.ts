import { DescribeInstancesCommand, EC2Client, type Instance } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createImageOn } from './createImage';
import { account } from './emulators';
import { type Answer, json } from './proxy/answer';
import type { Played } from './proxy/server';

/** The newest agent that Preflight asks for, and some. */
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

/** Each instance that runs on moto has an agent, and it is online. */
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

/** Each instance that moto says a command was sent to has run it well. */
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
 * Task tokens name their execution, and roles say which machines' tasks they may answer; MiniStack takes these two for calls
 * on `*`, and so refuses such a role. Roles say under which source they put events; MiniStack does not tell a policy the
 * source (`events:source`). These are passed on as the account's own, after a look at the role (tests/e2e/roles.ts).
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

/** What the report says of each: which calls no emulator knows, and what was answered instead. */
export const whyPlayed: Readonly<Record<string, string>> = {
  'ssm:DescribeInstanceInformation':
    'moto does not know it, MiniStack has no instances: each instance that runs on moto has an agent that is online',
  'ssm:ListCommandInvocations':
    'neither knows it: each instance that moto says a command was sent to has run it as the command says',
  'autoscaling:DescribeInstanceRefreshes':
    'moto knows no instance refresh: none was ever started (rollouts here are surges)',
  'ec2:CreateImage': 'moto refuses tags of snapshots: it makes the image, the tags are set right after',
  'states:SendTaskSuccess':
    'MiniStack checks the permission on *: passed on as the account, after a look at the role',
  'states:SendTaskFailure':
    'MiniStack checks the permission on *: passed on as the account, after a look at the role',
  'events:PutEvents':
    'MiniStack does not know events:source in a condition: passed on as the account, after a look at the role',
};

/** Query's form of an answer without anything in it. */
const emptyXml = (action: string, list: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(
    `<${action}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><${action}Result><${list}/></${action}Result><ResponseMetadata><RequestId>played</RequestId></ResponseMetadata></${action}Response>`,
  ),
});

/**
 * What no emulator can answer, and is played therefore. Since nobody runs instances: that their agents are online, and how
 * a command ended on each; which instances there are, and which a command was sent to, moto tells. Since moto knows no
 * instance refresh: that none was ever started, which is so.
 */
export const playedOn = ({ ministack, moto }: Endpoints): Readonly<Record<string, Played>> => {
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
