/**
 * The simulated EC2: instances, images, snapshots, launch templates with numbered versions, and the network that
 * they need. Eventual consistency of answers is not modelled.
 */
import type { Region, Service } from '../core/service';
import { actions } from '../ec2/actions/index';
import { ailmentDue, watchAilments } from '../ec2/ailments';
import { comeOut, type ImageDue } from '../ec2/imaging';
import { launchInstances } from '../ec2/launching';
import { specify, type LaunchRequest } from '../ec2/launchSpecification';
import { findTemplate, versionNumber } from '../ec2/launchTemplates';
import {
  becomeRunning,
  becomeStopped,
  becomeTerminated,
  hostFailed,
  reboot,
  terminate,
  userInitiated,
} from '../ec2/lifecycle';
import { tellSoftwareChanged } from '../ec2/listeners';
import { makeSeed, type Ec2Seed } from '../ec2/seed';
import {
  emptyEc2State,
  type Ec2State,
  type Instance,
  type LaunchTemplate,
  type LaunchTemplateVersion,
} from '../ec2/state';

export interface Ec2Service extends Service<Ec2State>, Ec2Seed {
  /**
   * Launches one instance for another service. It is `pending` when this returns.
   * @throws AwsError like RunInstances: InsufficientInstanceCapacity, VcpuLimitExceeded, InvalidAMIID.Unavailable
   *   ...
   */
  launch(request: LaunchRequest): Instance;
  /** Does nothing if the instance is shutting down or terminated. */
  terminate(instanceId: string): void;
  /** The host fails, so the instance terminates without a request. */
  die(instanceId: string): void;
  reboot(instanceId: string): void;
  /**
   * The record itself: readers must not keep it, and a write changes the cloud. It is removed an hour after the
   * instance terminated.
   */
  instance(instanceId: string): Instance | undefined;
  /** Instances that are not terminated and have the tag with one of the values. */
  instancesByTag(key: string, values: readonly string[]): Instance[];
  /** Sets the version that Ansible has just installed. Load balancers check the application again. */
  setSoftware(instanceId: string, version: string | undefined): void;
  launchTemplate(idOrName: string): LaunchTemplate | undefined;
  /** `version` is a number, `$Latest` or `$Default` (the default). Undefined if the version does not exist. */
  launchTemplateVersion(
    idOrName: string,
    version: string | number | undefined,
  ): LaunchTemplateVersion | undefined;
}

declare module '../core/service' {
  interface Services {
    ec2: Ec2Service;
  }
}

interface InstanceDue {
  readonly instanceId: string;
  readonly since: number;
}

const instanceDue = (region: Region, instance: Instance, kind: string, since: number): void => {
  switch (kind) {
    case 'running':
      return becomeRunning(region, instance, since);
    case 'terminated':
      return becomeTerminated(region, instance);
    case 'stopped':
      return becomeStopped(region, instance);
    case 'dies':
      return terminate(region, instance, hostFailed);
    case 'ailing':
      return ailmentDue(region, region.service('ec2').state, instance, since);
    case 'forgotten':
      delete region.service('ec2').state.instances[instance.id];
      return;
    default:
      throw new Error(`EC2 put nothing of the kind '${kind}' on the agenda`);
  }
};

const isTagged = (instance: Instance, key: string, values: readonly string[]): boolean => {
  const value = instance.tags[key];
  return value !== undefined && values.includes(value) && instance.state !== 'terminated';
};

/** Methods for other services, in addition to EC2's actions. */
const methods = (region: Region, state: () => Ec2State) => ({
  launch(request: LaunchRequest): Instance {
    const specification = specify(region, state(), request);
    const [instance] = launchInstances(region, state(), specification, { least: 1, most: 1 });
    if (instance === undefined) throw new Error('A launch of one gave none');
    return instance;
  },
  terminate(instanceId: string): void {
    const instance = state().instances[instanceId];
    if (instance !== undefined) terminate(region, instance, userInitiated);
  },
  die(instanceId: string): void {
    const instance = state().instances[instanceId];
    if (instance !== undefined) terminate(region, instance, hostFailed);
  },
  reboot(instanceId: string): void {
    const instance = state().instances[instanceId];
    if (instance?.state === 'running') reboot(region, instance);
  },
  instance: (instanceId: string): Instance | undefined => state().instances[instanceId],
  instancesByTag: (key: string, values: readonly string[]): Instance[] =>
    Object.values(state().instances).filter((instance) => isTagged(instance, key, values)),
  setSoftware(instanceId: string, version: string | undefined): void {
    const instance = state().instances[instanceId];
    if (instance === undefined) return;
    if (version === undefined) delete instance.software;
    else instance.software = version;
    if (state().ailments) {
      instance.softwareAt = region.now();
      watchAilments(region, state(), instance);
    }
    tellSoftwareChanged(region, instanceId);
  },
  launchTemplate: (idOrName: string): LaunchTemplate | undefined => findTemplate(state(), idOrName),
  launchTemplateVersion(idOrName: string, version: string | number | undefined) {
    const template = findTemplate(state(), idOrName);
    return template === undefined ? undefined : versionIn(template, version);
  },
});

const versionIn = (template: LaunchTemplate, version: string | number | undefined) => {
  const number = versionNumber(template, version);
  return number === undefined ? undefined : template.versions[number];
};

export const makeEc2 = (region: Region): Ec2Service => {
  const state = () => service.state;
  const service: Ec2Service = {
    state: emptyEc2State(),
    actions,
    due(kind, payload) {
      if (kind === 'image') return comeOut(region, service.state, payload as ImageDue);
      const { instanceId, since } = payload as InstanceDue;
      const instance = service.state.instances[instanceId];
      if (instance !== undefined) instanceDue(region, instance, kind, since);
    },
    ...methods(region, state),
    ...makeSeed(region, state),
  };
  return service;
};
