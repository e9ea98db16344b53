/** Terminate, stop, start and reboot. Each call changes all of the given instances or none. */
import type {
  InstanceStateChange,
  RebootInstancesRequest,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import { refuseDryRun, requireAll } from '../errors';
import { reboot, start, stop, terminate } from '../lifecycle';
import { stateOf } from '../outputs';
import { onExisting } from '../resources';
import type { Instance } from '../state';

interface OnInstances {
  readonly InstanceIds: string[] | undefined;
  readonly DryRun?: boolean | undefined;
}

const requires =
  (action: string) =>
  ({ InstanceIds: ids = [] }: OnInstances, region: Region): Requirement[] =>
    ids.map((id) => onExisting(region, region.service('ec2').state, action, 'instance', id));

const instancesOf = (input: OnInstances, region: Region): Instance[] =>
  requireAll('instance', region.service('ec2').state.instances, input.InstanceIds ?? []);

const changed = (
  instances: readonly Instance[],
  change: (instance: Instance) => void,
): InstanceStateChange[] =>
  instances.map((instance) => {
    const before = stateOf(instance);
    change(instance);
    return { InstanceId: instance.id, PreviousState: before, CurrentState: stateOf(instance) };
  });

const refuseProtected = (
  instances: readonly Instance[],
  flag: 'terminationProtected' | 'stopProtected',
  attribute: string,
): void => {
  const found = instances.find((instance) => instance[flag]);
  if (found === undefined) return;
  throw new AwsError(
    'OperationNotPermitted',
    `The instance '${found.id}' may not be ${flag === 'stopProtected' ? 'stopped' : 'terminated'}. Modify its ` +
      `'${attribute}' instance attribute and try again.`,
  );
};

export const terminateInstances: Action<TerminateInstancesRequest, TerminateInstancesResult> = {
  requires: requires('ec2:TerminateInstances'),
  run(input, region) {
    const instances = instancesOf(input, region);
    refuseDryRun(input.DryRun);
    refuseProtected(instances, 'terminationProtected', 'disableApiTermination');
    return { TerminatingInstances: changed(instances, (instance) => terminate(region, instance)) };
  },
};

export const stopInstances: Action<StopInstancesRequest, StopInstancesResult> = {
  requires: requires('ec2:StopInstances'),
  run(input, region) {
    const instances = instancesOf(input, region);
    refuseDryRun(input.DryRun);
    refuseProtected(instances, 'stopProtected', 'disableApiStop');
    return { StoppingInstances: changed(instances, (instance) => stop(region, instance)) };
  },
};

export const startInstances: Action<StartInstancesRequest, StartInstancesResult> = {
  requires: requires('ec2:StartInstances'),
  run(input, region) {
    const instances = instancesOf(input, region);
    refuseDryRun(input.DryRun);
    return { StartingInstances: changed(instances, (instance) => start(region, instance)) };
  },
};

export const rebootInstances: Action<RebootInstancesRequest, Record<string, never>> = {
  requires: requires('ec2:RebootInstances'),
  run(input, region) {
    const instances = instancesOf(input, region);
    refuseDryRun(input.DryRun);
    for (const instance of instances) reboot(region, instance);
    return {};
  },
};
