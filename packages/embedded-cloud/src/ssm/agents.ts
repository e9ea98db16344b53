import type { Region } from '../core/service';
import type { AgentBehaviour, ManagedInstance, SsmState } from './state';

export const stateOf = (region: Region): SsmState => region.service('ssm').state;

/** The agent version of AWS's images of late 2026. */
const presentVersion = '3.3.3050.0';
/** AWS: an agent pings every 5 minutes. */
const pingMs = 300_000;
/** How long a terminated instance stays in the list. */
const forgottenMs = 3_600_000;

export const behaviourOf = (region: Region, instanceId: string): AgentBehaviour => {
  const { agents } = stateOf(region);
  return agents[instanceId] ?? agents['*'] ?? {};
};

/** Adds an instance to the list of managed instances. `lostSince`: its agent is offline since then. */
export const register = (region: Region, instanceId: string, lostSince?: number): void => {
  stateOf(region).managed[instanceId] = {
    instanceId,
    registeredAt: lostSince ?? region.now(),
    agentVersion: behaviourOf(region, instanceId).version ?? presentVersion,
    status: lostSince === undefined ? 'online' : 'offline',
    since: lostSince ?? region.now(),
  };
};

export const setStatus = (region: Region, instanceId: string, status: ManagedInstance['status']): void => {
  const managed = stateOf(region).managed[instanceId];
  if (managed) Object.assign(managed, { status, since: region.now() });
};

/** Whether the agent receives and reports commands now. */
export const isOnline = (region: Region, instanceId: string): boolean =>
  stateOf(region).managed[instanceId]?.status === 'online';

/** Managed instances as AWS lists them. Instances that are long gone are left out. */
export const listed = (region: Region): readonly ManagedInstance[] =>
  Object.values(stateOf(region).managed).filter(
    ({ status, since }) => status !== 'gone' || region.now() - since <= forgottenMs,
  );

/** An offline agent counts as online until a ping is missed. */
export const pingOf = (region: Region, { registeredAt, status, since }: ManagedInstance) => {
  const until = status === 'online' ? region.now() : Math.max(since, registeredAt);
  const lastAt =
    status === 'online'
      ? Math.max(since, registeredAt) + Math.floor((until - Math.max(since, registeredAt)) / pingMs) * pingMs
      : until;
  const lost = status !== 'online' && region.now() - lastAt > pingMs;
  return { lastAt, status: lost ? ('ConnectionLost' as const) : ('Online' as const) };
};
