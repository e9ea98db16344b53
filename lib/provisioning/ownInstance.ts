import {
  type EC2Client,
  type InstanceNetworkInterfaceSpecification,
  type ResponseLaunchTemplateData,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import { tagList, tags, tainted } from '../aws/tags';
import { clientToken } from '../engine/clientToken';
import type { StepContext } from '../engine/context';
import type { Effect, NothingWritten } from '../engine/effect';
import type { EffectKind, EffectRepair } from '../engine/effectKind';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { aws, data, derived, filters, found, jmespath } from '../engine/repairCommand';
import { never, type Settled, undone } from '../engine/settled';
import type { Group } from '../fleet/group';
import { instancesWhere } from '../fleet/instances';

/** An instance that a deployment launches for itself from a fleet's launch template, outside of the group. */
export interface OwnInstanceShape<Kind extends string> {
  readonly kind: Kind;
  /** The deployment. */
  readonly target: string;
  readonly before: null;
  readonly wrote: NothingWritten;
  readonly result: { readonly instanceId: string };
}

/** The instance's tag `Name`; no other instance of the deployment has it. */
export type OwnInstanceName = (record: Pick<DeploymentRecord, 'application' | 'version'>) => string;

/** An instance in one of these states costs money until it is terminated. */
export const notTerminated = ['pending', 'running', 'stopping', 'stopped'];

/** After these errors another zone may have capacity; any other refusal is final. */
export const noCapacity = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientFreeAddressesInSubnet',
  'Unsupported',
]);

export const ownInstanceRepair = <Kind extends string>(
  of: EffectKind<OwnInstanceShape<Kind>>,
  name: OwnInstanceName,
): EffectRepair<OwnInstanceShape<Kind>> => ({
  of,
  scope: 'work',
  repair: ({ result }, { region, record }) => {
    const launched = found(
      { region },
      'ec2 describe-instances',
      {
        '--filters': filters({
          [`tag:${tags.deployment}`]: record.deployment,
          'tag:Name': derived(record, name),
          'instance-state-name': notTerminated,
        }),
      },
      jmespath`Reservations[].Instances[].InstanceId`,
    );
    return aws({ region }, 'ec2 terminate-instances', {
      '--instance-ids': result ? data(result.instanceId) : launched,
    });
  },
});

/**
 * Finds what an earlier try launched, whose answer was lost: by the deployment's tag and by being in no group, since all
 * other instances with that tag are members of one.
 * @param name only those with this tag `Name`.
 */
export const findOwnInstances = async (
  ec2: EC2Client,
  deployment: string,
  name?: string,
): Promise<string[]> => {
  const launched = await instancesWhere(ec2, [
    { Name: `tag:${tags.deployment}`, Values: [deployment] },
    ...(name === undefined ? [] : [{ Name: 'tag:Name', Values: [name] }]),
    { Name: 'instance-state-name', Values: notTerminated },
  ]);
  return launched
    .filter((instance) => instance.tags['aws:autoscaling:groupName'] === undefined)
    .map(({ id }) => id);
};

/**
 * Terminates the effect's instance. Safe to repeat.
 * @param find what to terminate where the launch's answer was lost.
 */
export const endOwnInstance = async <Kind extends string>(
  context: StepContext,
  ec2: EC2Client,
  { result }: Effect<OwnInstanceShape<Kind>>,
  find: () => Promise<string[]>,
): Promise<Settled> => {
  const instances = result ? [result.instanceId] : await find();
  if (instances.length === 0) return never;
  await context.guard();
  try {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: instances }));
  } catch (error) {
    if (!nameOf(error).startsWith('InvalidInstanceID')) throw error;
  }
  return undone;
};

/** The call for a subnet; undefined stands for the default one. */
export type RequestInSubnet = (subnet: string | undefined) => RunInstancesCommandInput;

/** Launches in the first of these subnets that has capacity. @throws the last refusal */
export const launchInSome = async (
  ec2: EC2Client,
  subnets: readonly string[],
  request: RequestInSubnet,
): Promise<string> => {
  let refusal: unknown;
  for (const subnet of subnets.length === 0 ? [undefined] : subnets)
    try {
      const { Instances: [instance] = [] } = await ec2.send(new RunInstancesCommand(request(subnet)));
      return instance?.InstanceId ?? '';
    } catch (error) {
      if (!noCapacity.has(nameOf(error))) throw error;
      refusal = error;
    }
  throw refusal;
};

/** What an instance of a deployment's own is launched from, and as. */
export interface OwnLaunch {
  readonly name: string;
  /** Tells the deployment's own instances apart in the client token: `builder`. */
  readonly purpose: string;
  readonly template: LaunchTemplateRef | undefined;
  /** What that version holds, if it is there. */
  readonly data: ResponseLaunchTemplateData | undefined;
  readonly imageId?: string | undefined;
  /** Where the template leaves the type to the group's overrides, the first of them, unless given. */
  readonly instanceType?: string | undefined;
}

/** As the group launches it, in every respect that an instance outside of it can have. */
export const ownInstanceRequest = (
  record: Pick<DeploymentRecord, 'application' | 'deployment'>,
  { overrides }: Pick<Group, 'overrides'>,
  { name, purpose, template, data: launched, imageId, instanceType }: OwnLaunch,
): RequestInSubnet => {
  const type = instanceType ?? (launched?.InstanceType === undefined ? overrides[0]?.type : undefined);
  const tagging = tagList({
    Name: name,
    [tags.application]: record.application,
    [tags.deployment]: record.deployment,
    [tags.version]: tainted,
  });
  return (subnet) => ({
    MinCount: 1,
    MaxCount: 1,
    // The token is bound to one subnet: after a crash, another one than before may have capacity.
    ClientToken: clientToken(record.deployment, purpose, subnet ?? ''),
    LaunchTemplate: { LaunchTemplateId: template?.id, Version: template?.version },
    ...(imageId !== undefined && { ImageId: imageId }),
    ...(type !== undefined && {
      InstanceType: type as NonNullable<RunInstancesCommandInput['InstanceType']>,
    }),
    ...(subnet !== undefined && inSubnet(subnet, launched?.NetworkInterfaces)),
    TagSpecifications: [
      { ResourceType: 'instance', Tags: tagging },
      { ResourceType: 'volume', Tags: tagging },
    ],
  });
};

/** A template that lists network interfaces takes its subnet there, and nowhere else. */
const inSubnet = (
  subnet: string,
  interfaces: readonly InstanceNetworkInterfaceSpecification[] | undefined,
): Pick<RunInstancesCommandInput, 'SubnetId' | 'NetworkInterfaces'> => {
  const [first, ...others] = interfaces ?? [];
  return first ? { NetworkInterfaces: [{ ...first, SubnetId: subnet }, ...others] } : { SubnetId: subnet };
};
