import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  ModifyInstanceAttributeRequest,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { missingParameter, refuseDryRun, requireOne } from '../errors';
import { onExisting } from '../resources';
import type { Instance } from '../state';

const attributeOf = (instance: Instance, attribute: string): Omit<InstanceAttribute, 'InstanceId'> => {
  switch (attribute) {
    case 'disableApiTermination':
      return { DisableApiTermination: { Value: instance.terminationProtected } };
    case 'disableApiStop':
      return { DisableApiStop: { Value: instance.stopProtected } };
    case 'instanceType':
      return { InstanceType: { Value: instance.instanceType } };
    case 'userData':
      return { UserData: instance.userData === undefined ? {} : { Value: instance.userData } };
    case 'groupSet':
      return { Groups: instance.securityGroupIds.map((GroupId) => ({ GroupId })) };
    default:
      throw new AwsError('InvalidParameterValue', `Value (${attribute}) for parameter attribute is invalid.`);
  }
};

export const describeInstanceAttribute: Action<DescribeInstanceAttributeRequest, InstanceAttribute> = {
  requires: (input, region) => [
    onExisting(
      region,
      region.service('ec2').state,
      'ec2:DescribeInstanceAttribute',
      'instance',
      input.InstanceId ?? '*',
    ),
  ],
  run(input, region) {
    const { instances } = region.service('ec2').state;
    const instance = requireOne('instance', instances, input.InstanceId, 'InstanceId');
    if (input.Attribute === undefined) throw missingParameter('Attribute');
    refuseDryRun(input.DryRun);
    return { InstanceId: instance.id, ...attributeOf(instance, input.Attribute) };
  },
};

/**
 * Changes the protection from termination and stopping, and security groups. Other attributes need a stopped
 * instance and are refused.
 */
export const modifyInstanceAttribute: Action<ModifyInstanceAttributeRequest, Record<string, never>> = {
  requires: (input, region) => [
    onExisting(
      region,
      region.service('ec2').state,
      'ec2:ModifyInstanceAttribute',
      'instance',
      input.InstanceId ?? '*',
    ),
  ],
  run(input, region) {
    const { instances } = region.service('ec2').state;
    const instance = requireOne('instance', instances, input.InstanceId, 'InstanceId');
    const known = ['InstanceId', 'DryRun', 'DisableApiTermination', 'DisableApiStop', 'Groups'];
    const other = Object.entries(input).find(([key, value]) => value !== undefined && !known.includes(key));
    if (other !== undefined) {
      throw new AwsError(
        'IncorrectInstanceState',
        `The instance '${instance.id}' is not in the 'stopped' state.`,
      );
    }
    refuseDryRun(input.DryRun);
    instance.terminationProtected = input.DisableApiTermination?.Value ?? instance.terminationProtected;
    instance.stopProtected = input.DisableApiStop?.Value ?? instance.stopProtected;
    instance.securityGroupIds = input.Groups ?? instance.securityGroupIds;
    return {};
  },
};
