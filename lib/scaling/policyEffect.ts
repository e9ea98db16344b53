import { DeletePolicyCommand, PutScalingPolicyCommand } from '@aws-sdk/client-auto-scaling';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import {
  aws,
  type CommandPlace,
  data,
  json,
  type Recorded,
  type RepairCommand,
} from '../engine/repairCommand';
import type { Definition } from './definitions';
import type { ScalingClients } from './existing';

/** A scaling policy of the group; null where there is none. */
export interface PolicyShape {
  readonly kind: 'scaling-policy';
  /** Its name. */
  readonly target: string;
  readonly before: Definition | null;
  readonly wrote: Definition | null;
  readonly result: undefined;
}

export const policyEffect = defineEffect<PolicyShape>('scaling-policy');

export const policyRepair: EffectRepair<PolicyShape> = {
  of: policyEffect,
  scope: 'release',
  repair: ({ target, before }, { region, record: { group } }) =>
    policyCommand({ region, group, name: target }, before),
};

/** The command that gives the group such a policy, or (null) takes it away. */
export const policyCommand = (
  {
    region,
    group,
    name,
  }: CommandPlace & { readonly group: Recorded<string>; readonly name: Recorded<string> },
  definition: Definition | null,
): RepairCommand =>
  definition === null
    ? aws({ region }, 'autoscaling delete-policy', {
        '--auto-scaling-group-name': data(group),
        '--policy-name': data(name),
      })
    : aws({ region }, 'autoscaling put-scaling-policy', {
        '--cli-input-json': json({ AutoScalingGroupName: group, PolicyName: name, ...definition }),
      });

/** Creates, changes or (null) removes a policy. @returns its ARN. */
export const writePolicy = async (
  { autoScaling }: Pick<ScalingClients, 'autoScaling'>,
  group: string,
  name: string,
  definition: Definition | null,
): Promise<string | undefined> => {
  const named = { AutoScalingGroupName: group, PolicyName: name };
  if (definition === null) {
    await autoScaling.send(new DeletePolicyCommand(named));
    return undefined;
  }
  const { PolicyARN: arn } = await autoScaling.send(new PutScalingPolicyCommand({ ...definition, ...named }));
  return arn;
};
