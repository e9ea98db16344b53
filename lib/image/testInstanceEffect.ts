import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import { defineEffect } from '../engine/effectKind';
import type { DeploymentRecord } from '../engine/record';
import type { Settled } from '../engine/settled';
import {
  endOwnInstance,
  findOwnInstances,
  type OwnInstanceName,
  ownInstanceRepair,
  type OwnInstanceShape,
} from '../provisioning/ownInstance';

/** The instance that boots a new image before the group gets it. */
export type TestInstanceShape = OwnInstanceShape<'test-instance'>;

export const testInstanceName: OwnInstanceName = ({ application, version }) =>
  `forseti test instance of ${application} ${version}`;

export const testInstanceEffect = defineEffect<TestInstanceShape>('test-instance');
export const testInstanceRepair = ownInstanceRepair(testInstanceEffect, testInstanceName);

/** Finds what an earlier try launched, whose answer was lost. */
export const findTestInstances = (
  ec2: EC2Client,
  record: Pick<DeploymentRecord, 'application' | 'version' | 'deployment'>,
): Promise<string[]> => findOwnInstances(ec2, record.deployment, testInstanceName(record));

/** Terminates the test instance, also if the launch's answer was lost. Safe to repeat. */
export const endTestInstance = (
  context: StepContext,
  ec2: EC2Client,
  effect: Effect<TestInstanceShape>,
): Promise<Settled> => endOwnInstance(context, ec2, effect, () => findTestInstances(ec2, context.record));
