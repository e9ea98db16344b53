/** Who hears of an instance's life inside the cloud. A service that is not there, or does not care, is passed over. */
import type { Region, Service } from '../core/service';

interface InstanceListener {
  instanceRunning?(instanceId: string, options?: { readonly already?: boolean }): void;
  instanceGone?(instanceId: string): void;
  instanceRebooted?(instanceId: string): void;
  softwareChanged?(instanceId: string): void;
}

const listener = (region: Region, name: string): InstanceListener =>
  (region.service(name) as (Service & InstanceListener) | undefined) ?? {};

/** The instance is `running`: its agent will come, its group counts it. */
export const tellRunning = (region: Region, instanceId: string): void => {
  listener(region, 'ssm').instanceRunning?.(instanceId);
  listener(region, 'elasticloadbalancing').instanceRunning?.(instanceId);
  listener(region, 'autoscaling').instanceRunning?.(instanceId);
};

/** The instance has left `running`: agent and application are silent from now on. */
export const tellSilent = (region: Region, instanceId: string): void => {
  listener(region, 'ssm').instanceGone?.(instanceId);
  listener(region, 'elasticloadbalancing').instanceGone?.(instanceId);
};

/** The instance is `terminated` or `stopped`: its group has lost it. */
export const tellGone = (region: Region, instanceId: string): void =>
  listener(region, 'autoscaling').instanceGone?.(instanceId);

export const tellRebooted = (region: Region, instanceId: string): void => {
  listener(region, 'ssm').instanceRebooted?.(instanceId);
  listener(region, 'elasticloadbalancing').instanceRebooted?.(instanceId);
};

/** The instance was running before the cloud began: its agent is online. */
export const tellRunningAlready = (region: Region, instanceId: string): void =>
  listener(region, 'ssm').instanceRunning?.(instanceId, { already: true });

/** Another version of the application is on the instance's disk, and runs. */
export const tellSoftwareChanged = (region: Region, instanceId: string): void =>
  listener(region, 'elasticloadbalancing').softwareChanged?.(instanceId);
