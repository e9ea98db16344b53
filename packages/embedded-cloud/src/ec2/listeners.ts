/**
 * Notifies other services of changes of an instance. A service that this cloud lacks, or that has no such method, is
 * skipped.
 */
import type { Region, Service } from '../core/service';

interface InstanceListener {
  instanceRunning?(instanceId: string, options?: { readonly already?: boolean }): void;
  instanceGone?(instanceId: string): void;
  instanceRebooted?(instanceId: string): void;
  softwareChanged?(instanceId: string): void;
  ailmentChanged?(instanceId: string): void;
}

const listener = (region: Region, name: string): InstanceListener =>
  (region.service(name) as (Service & InstanceListener) | undefined) ?? {};

/** The instance is `running`: its agent will register, and its group counts it. */
export const tellRunning = (region: Region, instanceId: string): void => {
  listener(region, 'ssm').instanceRunning?.(instanceId);
  listener(region, 'elasticloadbalancing').instanceRunning?.(instanceId);
  listener(region, 'autoscaling').instanceRunning?.(instanceId);
};

/** The instance has left `running`: its agent and application no longer answer. */
export const tellSilent = (region: Region, instanceId: string): void => {
  listener(region, 'ssm').instanceGone?.(instanceId);
  listener(region, 'elasticloadbalancing').instanceGone?.(instanceId);
};

/** The instance is `terminated` or `stopped`: its group must replace it. */
export const tellGone = (region: Region, instanceId: string): void =>
  listener(region, 'autoscaling').instanceGone?.(instanceId);

export const tellRebooted = (region: Region, instanceId: string): void => {
  listener(region, 'ssm').instanceRebooted?.(instanceId);
  listener(region, 'elasticloadbalancing').instanceRebooted?.(instanceId);
};

/** Its checks find something else from now on. */
export const tellAilment = (region: Region, instanceId: string): void => {
  listener(region, 'elasticloadbalancing').ailmentChanged?.(instanceId);
  listener(region, 'autoscaling').ailmentChanged?.(instanceId);
};

/** The instance was running when the cloud was created: its agent is online. */
export const tellRunningAlready = (region: Region, instanceId: string): void =>
  listener(region, 'ssm').instanceRunning?.(instanceId, { already: true });

/** The application on the instance was replaced by another version. */
export const tellSoftwareChanged = (region: Region, instanceId: string): void =>
  listener(region, 'elasticloadbalancing').softwareChanged?.(instanceId);
