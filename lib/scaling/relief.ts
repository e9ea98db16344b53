import { type AutoScalingClient, ResumeProcessesCommand } from '@aws-sdk/client-auto-scaling';
import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';
import { describeGroup } from '../fleet/group';
import { processesEffect } from '../fleet/processesEffect';

/** How long a fleet may want more instances than are in service before launching is more urgent than the deployment. */
const patienceMs = 120_000;

interface Relief {
  readonly core: Core;
  readonly autoScaling: AutoScalingClient;
  readonly record: DeploymentRecord;
  readonly guard: () => Promise<void>;
}

/**
 * Lets a fleet launch again if a spike comes while a deployment has `Launch` suspended. The new instances run the old
 * code; Rollout replaces them.
 */
export const relieve = async ({ core, autoScaling, record, guard }: Relief): Promise<void> => {
  const suspended = await core.effects.find(record.deployment, processesEffect, record.group);
  const ours = suspended?.state === 'done' ? suspended.wrote : [];
  if (!ours.includes('Launch')) return;
  const [group, noted] = await Promise.all([
    describeGroup(autoScaling, record.group),
    core.records.step(record.deployment, 'Relief'),
  ]);
  const inService = group.instances.filter(({ lifecycle }) => lifecycle === 'InService').length;
  const since = (noted?.memo as { since?: number } | undefined)?.since;
  if (group.desired <= inService || !group.suspended.includes('Launch')) {
    if (since !== undefined) await core.records.setStep(record.deployment, 'Relief', { memo: {} });
    return;
  }
  const now = core.clock();
  if (since === undefined) {
    await core.records.setStep(record.deployment, 'Relief', { startedAt: now, memo: { since: now } });
    return;
  }
  if (now - since < patienceMs) return;
  await guard();
  await autoScaling.send(
    new ResumeProcessesCommand({ AutoScalingGroupName: record.group, ScalingProcesses: ['Launch'] }),
  );
  await core.records.warn(
    record.deployment,
    `A spike came: ${String(group.desired)} instances were wanted and ${String(inService)} in service for ` +
      `${String(Math.round((now - since) / 1000))} s, so launching was resumed before the image was ready.`,
  );
};
