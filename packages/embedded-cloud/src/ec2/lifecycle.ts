/**
 * The life of an instance: pending → running → shutting-down → terminated, or stopping → stopped → pending again.
 * Coming changes are on the agenda. A change is ignored if the instance has left the state that it belongs to.
 */
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { watchAilments } from './ailments';
import type { Instance, InstanceStateName } from './state';
import { tellGone, tellRebooted, tellRunning, tellSilent } from './listeners';
import { arnOf } from './resources';

/** A terminated instance stays visible for about an hour. */
const forgottenAfterMs = 3_600_000;

export const stateCodes: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** Sets the state and emits `EC2 Instance State-change Notification`. */
export const enterState = (region: Region, instance: Instance, state: InstanceStateName): void => {
  instance.state = state;
  instance.stateChangedAt = region.now();
  region.publish({
    source: 'aws.ec2',
    detailType: 'EC2 Instance State-change Notification',
    resources: [arnOf(region, 'instance', instance.id)],
    detail: { 'instance-id': instance.id, state },
  });
};

/** The instance is pending now, and running after the boot time. */
export const boot = (region: Region, instance: Instance): void => {
  delete instance.stateReason;
  delete instance.bootedAt;
  enterState(region, instance, 'pending');
  const bootMs = region.chance.around(region.timings.bootMs, region.timings.spread);
  region.schedule(bootMs, 'ec2', 'running', { instanceId: instance.id, since: region.now() });
};

export const becomeRunning = (region: Region, instance: Instance, since: number): void => {
  if (instance.state !== 'pending') return;
  instance.bootedAt = region.now();
  region.span({ kind: 'boot', subject: instance.id, startedAt: since, endedAt: region.now() });
  enterState(region, instance, 'running');
  watchAilments(region, region.service('ec2').state, instance);
  tellRunning(region, instance.id);
};

type Reason = { readonly code: string; readonly message: string };

export const userInitiated: Reason = {
  code: 'Client.UserInitiatedShutdown',
  message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};

/** AWS's state reason for an instance whose host failed. */
export const hostFailed: Reason = {
  code: 'Server.InternalError',
  message: 'Server.InternalError: Internal error on launch',
};

/** Does nothing if the instance is shutting down or terminated. */
export const terminate = (region: Region, instance: Instance, reason: Reason = userInitiated): void => {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
  const before = instance.state;
  instance.stateReason = { ...reason };
  enterState(region, instance, 'shutting-down');
  if (before === 'running') tellSilent(region, instance.id);
  region.schedule(
    region.chance.around(region.timings.terminateMs, region.timings.spread),
    'ec2',
    'terminated',
    {
      instanceId: instance.id,
    },
  );
};

export const becomeTerminated = (region: Region, instance: Instance): void => {
  if (instance.state !== 'shutting-down') return;
  enterState(region, instance, 'terminated');
  tellGone(region, instance.id);
  region.schedule(forgottenAfterMs, 'ec2', 'forgotten', { instanceId: instance.id });
};

const incorrectState = (instance: Instance, wanted: string): AwsError =>
  new AwsError(
    'IncorrectInstanceState',
    `The instance '${instance.id}' is not in a state from which it can be ${wanted}.`,
  );

/** @throws AwsError IncorrectInstanceState */
export const stop = (region: Region, instance: Instance): void => {
  if (instance.state === 'stopped' || instance.state === 'stopping') return;
  if (instance.state !== 'running') throw incorrectState(instance, 'stopped');
  instance.stateReason = { ...userInitiated };
  enterState(region, instance, 'stopping');
  tellSilent(region, instance.id);
  region.schedule(region.chance.around(region.timings.terminateMs, region.timings.spread), 'ec2', 'stopped', {
    instanceId: instance.id,
  });
};

export const becomeStopped = (region: Region, instance: Instance): void => {
  if (instance.state !== 'stopping') return;
  enterState(region, instance, 'stopped');
  tellGone(region, instance.id);
};

/** @throws AwsError IncorrectInstanceState */
export const start = (region: Region, instance: Instance): void => {
  if (instance.state === 'running' || instance.state === 'pending') return;
  if (instance.state !== 'stopped') throw incorrectState(instance, 'started');
  boot(region, instance);
};

/** The instance stays `running`. Its software is down until the reboot is over. */
export const reboot = (region: Region, instance: Instance): void => {
  if (instance.state !== 'running') throw incorrectState(instance, 'rebooted');
  const now = region.now();
  instance.bootedAt = now + region.chance.around(region.timings.bootMs, region.timings.spread);
  region.span({ kind: 'boot', subject: instance.id, startedAt: now, endedAt: instance.bootedAt });
  watchAilments(region, region.service('ec2').state, instance);
  tellRebooted(region, instance.id);
};
