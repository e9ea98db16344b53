import {
  AutoScalingClient,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Table } from '../../../lib/aws/table';
import type { AlarmItem } from '../../../lib/intake/takeAlarm';
import { serving } from './snapshot';
import type { TestStack } from './testStack';

export const minuteMs = 60_000;

/** An alarm of the application goes into ALARM or back to OK. */
export const ring = async (
  stack: TestStack,
  { name = 'api-5xx', value = 'ALARM' }: { name?: string; value?: 'ALARM' | 'OK' } = {},
): Promise<void> => {
  await stack.session
    .connect(CloudWatchClient)
    .send(new SetAlarmStateCommand({ AlarmName: name, StateValue: value, StateReason: 'tested' }));
};

/** The records of the alarms that were judged, the oldest first. */
export const judged = async (stack: TestStack): Promise<AlarmItem[]> =>
  (await new Table<AlarmItem>(stack.dynamodb, 'forseti-production-requests').scan())
    .filter((item) => 'alarm' in item)
    .sort((a, b) => a.changedAt - b.changedAt || a.alarm.localeCompare(b.alarm));

/** A person's request to one of the operations' functions: its answer, or the error by name. */
export const ask = async (
  stack: TestStack,
  operation: 'HaltDeployment' | 'Approve' | 'Clean' | 'Freeze',
  input: object,
): Promise<{ done?: boolean; message?: string; deployment?: string; errorType?: string }> => {
  const { Payload: payload } = await stack.session.connect(LambdaClient).send(
    new InvokeCommand({
      FunctionName: `forseti-production-${operation}`,
      Payload: new TextEncoder().encode(JSON.stringify(input)),
    }),
  );
  return JSON.parse(new TextDecoder().decode(payload)) as object;
};

/** The versions that instances in service run, whatever their tags say. */
export const software = (stack: TestStack): (string | undefined)[] =>
  [...new Set(serving(stack).map((instance) => instance.software))].sort();

/** Calls that change instance refreshes, with their states. What AWS does by itself is no call. */
export const refreshCalls = (stack: TestStack): string[] =>
  stack.cloud.calls.list
    .filter(
      ({ action, error }) => /^(Start|Cancel|Rollback)InstanceRefresh$/.test(action) && error === undefined,
    )
    .map(({ caller, action }) => `${caller.replace('forseti-production-', '')} ${action}`);

type Call = TestStack['cloud']['calls']['list'][number];

/** Lets the cloud run until such a call is made from now on. */
export const untilCall = async (stack: TestStack, isIt: (call: Call) => boolean): Promise<void> => {
  let seen = stack.cloud.calls.list.length;
  const found = await stack.cloud.runUntil(
    () => {
      const fresh = stack.cloud.calls.list.slice(seen);
      seen += fresh.length;
      return fresh.some(isIt);
    },
    6 * 60 * minuteMs,
  );
  if (!found) throw new Error('The call that was waited for was never made.');
};

/** Lets the cloud run until a state's function begins to work. */
export const untilState = (stack: TestStack, state: string): Promise<void> =>
  untilCall(
    stack,
    ({ caller, action }) => caller === `forseti-production-${state}` && /^(UpdateItem|PutItem)$/.test(action),
  );

/** Rollbacks that were started, the newest first. */
export const rollbacks = (stack: TestStack): Promise<string[]> =>
  stack.executionArns(stack.session.names.rollbackMachineArn);

/** Gives the group a numbered version of its launch template, as another tool would. */
export const giveGroup = async (stack: TestStack, version: string): Promise<void> => {
  const id = stack.group().launch.launchTemplate?.id ?? '';
  await stack.session.connect(AutoScalingClient).send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'api',
      LaunchTemplate: { LaunchTemplateId: id, Version: version },
    }),
  );
};

/** Adds an instance to the group, and lets the cloud run until it is Pending. */
export const scaleOut = async (stack: TestStack): Promise<void> => {
  await stack.session.connect(AutoScalingClient).send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: 'api',
      DesiredCapacity: stack.group().desired + 1,
    }),
  );
  const isComing = () =>
    Object.values(stack.group().instances).some(({ lifecycle }) => lifecycle.startsWith('Pending'));
  if (!(await stack.cloud.runUntil(isComing, 10 * minuteMs))) throw new Error('No instance is Pending.');
};

/** Makes a version of the group's launch template, by default from the one that the group uses. @returns its number. */
export const newTemplateVersion = async (stack: TestStack, from?: string): Promise<string> => {
  const { id = '', version = '' } = stack.group().launch.launchTemplate ?? {};
  const { LaunchTemplateVersion: made } = await stack.session.connect(EC2Client).send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: id,
      SourceVersion: from ?? version,
      LaunchTemplateData: { InstanceType: 'm5.xlarge' },
    }),
  );
  return String(made?.VersionNumber);
};
