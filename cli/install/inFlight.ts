/** What runs, and what is on for a while. */
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readAllSettings } from '../../lib/application/store';
import { checkWritten } from '../../lib/application/checkSettings';
import { nameOf } from '../../lib/aws/failure';
import { chunks } from '../../lib/aws/chunks';
import { Table } from '../../lib/aws/table';
import type { SwitchItem } from '../../lib/switches/base/item';
import { definitionOf, readAnySwitch } from '../../lib/switches/kinds';
import { machineOf } from '../queries/executions';
import type { Session } from '../session/session';

/** One thing that has to end first, with the command that ends it or shows it. */
export interface Busy {
  readonly region: string;
  readonly what: string;
  readonly next: string;
}

const isMissing = (error: unknown): boolean =>
  /ResourceNotFound|DoesNotExist|NonExistent/.test(nameOf(error));

/** Nothing of what is not there runs. */
const ifThere = async (reading: Promise<Busy[]>): Promise<Busy[]> =>
  reading.catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });

const placeText = ({ region, stage }: Session): string =>
  ` --region ${region}${stage === 'production' ? '' : ` --stage ${stage}`}`;

/** How what a machine does is called, and ended. */
const machineTexts: Readonly<Record<string, { readonly is: string; readonly next: string }>> = {
  deploy: { is: 'Deployment', next: 'wait for its end, or: forseti halt APPLICATION --reason TEXT' },
  rollback: { is: 'Rollback', next: 'wait for its end' },
  mend: { is: 'Repair', next: 'wait for its end' },
  replace: { is: 'Replacement of an instance', next: 'wait for its end' },
  switchoff: { is: 'The end of a switch', next: 'turn the switch off' },
};

const runningOf = async (session: Session, stateMachineArn: string): Promise<Busy[]> => {
  const client = session.connect(SFNClient);
  const found: Busy[] = [];
  for await (const page of paginateListExecutions({ client }, { stateMachineArn, statusFilter: 'RUNNING' }))
    for (const { executionArn = '', name = '' } of page.executions ?? []) {
      const { is, next } = machineTexts[machineOf(executionArn)] ?? {
        is: 'Execution',
        next: 'wait for its end',
      };
      found.push({
        region: session.region,
        what: `${is} ${name} runs.`,
        next: `${next}${next.includes('forseti') ? placeText(session) : ''}`,
      });
    }
  return found;
};

/**
 * Executions that call functions in turn: a new version's functions under an old definition. Those that only wait for the
 * end of a switch are left out: they last for days, and the switch's layout has a version of its own.
 */
export const executionsInFlight = async (session: Session): Promise<readonly Busy[]> => {
  const { machineArn, rollbackMachineArn, mendMachineArn, replaceMachineArn } = session.names;
  const machines = [machineArn, rollbackMachineArn, mendMachineArn, replaceMachineArn];
  return (await Promise.all(machines.map((machine) => ifThere(runningOf(session, machine))))).flat();
};

/** Openings, maintenance pages and prewarmings that are on. */
const switchesOn = async (session: Session): Promise<Busy[]> => {
  const table = new Table<SwitchItem>(session.connect(DynamoDBClient), session.names.switchesTable);
  const stored = await table.scan({
    expression: 'attribute_not_exists(offAt)',
    values: {},
  });
  return stored.map((item) => {
    const read = readAnySwitch(item);
    const { called, name, offCommand } = definitionOf(read);
    return {
      region: session.region,
      what: `There is ${called} on: ${name(read)}.`,
      next: `${offCommand(read)}${placeText(session)}`,
    };
  });
};

/** DescribeAutoScalingGroups takes so many names. */
const maxGroups = 100;

const suspendedIn = async (session: Session): Promise<Busy[]> => {
  const { settings } = await readAllSettings(
    session.connect(SSMClient),
    session.names.settingsPrefix,
    checkWritten,
  );
  const groups = [...new Set(Object.values(settings.applications).map(({ group }) => group))];
  const client = session.connect(AutoScalingClient);
  const found: Busy[] = [];
  for (const AutoScalingGroupNames of chunks(groups, maxGroups))
    for await (const page of paginateDescribeAutoScalingGroups({ client }, { AutoScalingGroupNames }))
      for (const {
        AutoScalingGroupName: group = '',
        SuspendedProcesses: suspended = [],
      } of page.AutoScalingGroups ?? []) {
        const names = suspended.map(({ ProcessName: name = '' }) => name);
        if (names.length > 0)
          found.push({
            region: session.region,
            what: `${names.join(', ')} of the group ${group} ${names.length === 1 ? 'is' : 'are'} suspended.`,
            next: `aws autoscaling resume-processes --auto-scaling-group-name ${group} --scaling-processes ${names.join(' ')} --region ${session.region}`,
          });
      }
  return found;
};

/** All that would be left half done if the stack went now. */
export const allInFlight = async (session: Session): Promise<readonly Busy[]> =>
  (
    await Promise.all([
      executionsInFlight(session),
      ifThere(switchesOn(session)),
      ifThere(suspendedIn(session)),
    ])
  ).flat();

export const busyLines = (busy: readonly Busy[]): string[] =>
  busy.map(({ region, what, next }) => `✖ ${region}: ${what}\n  ${next}`);
