import { AwsError } from '../../core/errors';
import type { Region } from '../../core/service';
import { listed, stateOf } from '../agents';
import { ec2Instance } from '../ec2';
import type { CommandTarget } from '../state';

/** AWS: at most 50 instances by id, else targets: at most 5, with at most 50 values each. */
export const maxInstanceIds = 50;
const maxTargets = 5;
const maxValues = 50;

const refuse = (message: string) => new AwsError('InvalidTarget', message);

/** @throws InvalidTarget, InvalidInstanceId, ValidationException */
export const checkTargets = (
  region: Region,
  instanceIds: readonly string[],
  targets: readonly CommandTarget[],
): void => {
  if (instanceIds.length > 0 && targets.length > 0)
    throw new AwsError('InvalidParameterCombination', 'InstanceIds and Targets cannot both be specified.');
  if (instanceIds.length === 0 && targets.length === 0)
    throw refuse('Either InstanceIds or Targets must be specified.');
  if (instanceIds.length > maxInstanceIds)
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value at 'instanceIds' failed to satisfy constraint: " +
        `Member must have length less than or equal to ${String(maxInstanceIds)}`,
    );
  if (targets.length > maxTargets)
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value at 'targets' failed to satisfy constraint: " +
        `Member must have length less than or equal to ${String(maxTargets)}`,
    );
  for (const { key, values } of targets) {
    if (!/^(tag:.+|tag-key|InstanceIds|resource-groups:(Name|ResourceTypeFilters))$/i.test(key))
      throw refuse(`Target key ${key} is not supported.`);
    if (values.length === 0 || values.length > maxValues)
      throw refuse(`Target ${key} must have 1 to ${String(maxValues)} values.`);
  }
  const unfit = instanceIds.filter((id) => !isManaged(region, id));
  if (unfit.length > 0)
    throw new AwsError(
      'InvalidInstanceId',
      `Instances [[${unfit.join(', ')}]] not in a valid state for account ${region.account}`,
    );
};

/** AWS: `pending`, `running`, `stopping` and `stopped` are valid. A registered agent need not be online. */
const isManaged = (region: Region, instanceId: string): boolean => {
  const managed = stateOf(region).managed[instanceId];
  const instance = ec2Instance(region, instanceId);
  return (
    managed !== undefined &&
    instance !== undefined &&
    ['pending', 'running', 'stopping', 'stopped'].includes(instance.state)
  );
};

const matches = (region: Region, instanceId: string, { key, values }: CommandTarget): boolean => {
  const tags = ec2Instance(region, instanceId)?.tags ?? {};
  if (key.startsWith('tag:')) {
    const value = tags[key.slice('tag:'.length)];
    return value !== undefined && values.includes(value);
  }
  if (key.toLowerCase() === 'tag-key') return values.some((name) => tags[name] !== undefined);
  return key.toLowerCase() === 'instanceids' && values.includes(instanceId);
};

/**
 * The instances that get a command: the given ids, or all managed instances that match every target by one of its
 * values. Unknown ids in a target get the command too, and end as `Undeliverable`.
 */
export const resolveTargets = (
  region: Region,
  instanceIds: readonly string[],
  targets: readonly CommandTarget[],
): string[] => {
  if (instanceIds.length > 0) return [...new Set(instanceIds)];
  const managed = listed(region)
    .filter(({ status, instanceId }) => status !== 'gone' && isManaged(region, instanceId))
    .map(({ instanceId }) => instanceId);
  const [only] = targets;
  const named =
    targets.length === 1 && only?.key.toLowerCase() === 'instanceids'
      ? only.values.filter((id) => !managed.includes(id))
      : [];
  return [
    ...managed.filter((instanceId) => targets.every((target) => matches(region, instanceId, target))),
    ...named,
  ];
};
