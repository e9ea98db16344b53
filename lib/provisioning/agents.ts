import { DescribeInstanceInformationCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { chunks } from '../aws/chunks';
import { listInvocations } from './commands';
import { isOver } from './commandState';

/** What Systems Manager knows of an instance's agent. */
export interface AgentPing {
  /** `Online`, `ConnectionLost` or `Inactive`; absent if it never registered. */
  readonly status?: string;
  /** Epoch ms. */
  readonly lastPingAt?: number;
}

/** AWS takes at most 100 values in a filter of instance ids, and answers at most 50 on a page. */
const maxIds = 50;

/** The agents of these instances, by id. */
export const pingsOf = async (ssm: SSMClient, ids: readonly string[]): Promise<Map<string, AgentPing>> => {
  const answers = await Promise.all(
    chunks(ids, maxIds).map((Values) =>
      ssm.send(new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values }] })),
    ),
  );
  return new Map(
    answers
      .flatMap(({ InstanceInformationList: list = [] }) => list)
      .map(({ InstanceId: id = '', PingStatus: status, LastPingDateTime: at }): [string, AgentPing] => [
        id,
        { ...(status !== undefined && { status }), ...(at && { lastPingAt: at.getTime() }) },
      ]),
  );
};

/** `its SSM agent is ConnectionLost since 2026-11-22T08:00:00Z`; for people. */
export const pingText = (ping: AgentPing | undefined): string => {
  if (ping?.status === undefined)
    return 'its SSM agent has never registered: see its role, its network and whether the agent runs';
  const at = ping.lastPingAt === undefined ? '' : new Date(ping.lastPingAt).toISOString().slice(0, 19);
  return `its SSM agent is ${ping.status}${at === '' ? '' : `, last heard of at ${at}Z`}`;
};

/** This many instances are named. */
const maxNamed = 3;

/**
 * What a command that runs waits for: the instances on which it has not ended, how far it is there, and whether their
 * agents are heard of.
 */
export const causesOfCommand = async (ssm: SSMClient, commandId: string): Promise<string | undefined> => {
  const running = (await listInvocations(ssm, commandId)).filter(({ status }) => !isOver(status));
  if (running.length === 0) return undefined;
  const shown = running.slice(0, maxNamed);
  const pings = await pingsOf(
    ssm,
    shown.map(({ id }) => id),
  );
  const told = shown.map(({ id, details }) => `${id} is ${details} (${pingText(pings.get(id))})`);
  const more = running.length > shown.length ? `, and ${String(running.length - shown.length)} more` : '';
  return `command ${commandId}: ${told.join(', ')}${more}`;
};
