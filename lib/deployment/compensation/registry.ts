import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  type CompensationAct,
  allOfKind,
  latestFirst,
  oneByOne,
  together,
  type Waves,
} from '../../engine/compensating';
import type { StepContext } from '../../engine/context';
import type { Effect, EffectShape } from '../../engine/effect';
import {
  type EffectKind,
  type EffectScope,
  type Repair,
  repairable,
  type RepairableKind,
  type RepairSite,
  unknownKind,
} from '../../engine/effectKind';
import { imageFrom } from '../../engine/imageFrom';
import { settleAs, undone } from '../../engine/settled';
import { processesRepair, putBackProcesses } from '../../fleet/processesEffect';
import { putBackSize, sizeRepair } from '../../fleet/sizeEffect';
import { imageRepair, removeImage } from '../../image/imageEffect';
import type { InRegion } from '../../image/images';
import { endStandby, standbyRepair } from '../../image/standbyEffect';
import { endTestInstance, testInstanceRepair } from '../../image/testInstanceEffect';
import { builderEffect, builderRepair, endBuilder } from '../../provisioning/builderEffect';
import {
  awaitCommands,
  cancelCommands,
  commandEffect,
  commandRepair,
} from '../../provisioning/commandEffect';
import { instanceTagsEffect, instanceTagsRepair, putBackTags } from '../../provisioning/instanceTagsEffect';
import { groupTemplateRepair, putBackTemplate } from '../../rollout/groupTemplateEffect';
import { protectionEffect, protectionRepair, putBackProtection } from '../../rollout/protectionEffect';
import { refreshEffect, refreshRepair, restoreTarget, stopRefreshes } from '../../rollout/refreshEffect';
import { deleteTemplateVersion, templateVersionRepair } from '../../rollout/templateVersionEffect';
import { alarmRepair } from '../../scaling/alarmEffect';
import type { ScalingClients } from '../../scaling/existing';
import { policyRepair } from '../../scaling/policyEffect';
import { putBackScaling } from '../../scaling/putBackScaling';

/**
 * All kinds of effects, and what each phase of the compensation does with them, in order. A new kind gets a line here,
 * and one in each phase that it takes part in. Each phase is a function of its own, so that a Lambda function bundles
 * only what its phase needs.
 */
const kinds = (): readonly RepairableKind[] => [
  repairable(processesRepair),
  repairable(instanceTagsRepair),
  repairable(commandRepair),
  repairable(standbyRepair),
  repairable(sizeRepair),
  repairable(groupTemplateRepair),
  repairable(protectionRepair),
  repairable(imageRepair),
  repairable(templateVersionRepair),
  repairable(policyRepair),
  repairable(alarmRepair),
  repairable(refreshRepair),
  repairable(builderRepair),
  repairable(testInstanceRepair),
];

const kindOf = (effect: Effect): RepairableKind | undefined => kinds().find((kind) => kind.is(effect));

export const isOfScope =
  (scope: EffectScope) =>
  (effect: Effect): boolean =>
    kindOf(effect)?.scope === scope;

/** How a person repairs what the compensation could not put back. */
export const repairOfAny = (effect: Effect, site: RepairSite): Repair =>
  kindOf(effect)?.repairOf(effect, site) ?? unknownKind(effect);

export const kindNames = (): readonly string[] => kinds().map(({ kind }) => kind);

interface UndoTools {
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  /** Whether the rollout's refresh is stopped. It is not if a rollback takes it over or goes forward with it. */
  readonly stopsRollout: boolean;
  /** Instances were provisioned in place: AWS's own rollback of the refresh would not restore them. */
  readonly inPlace: boolean;
}

/** Undo: stops what still runs, and lets the fleet scale again. */
export const undoWaves = ({ autoScaling, ssm, stopsRollout, inPlace }: UndoTools): Waves => [
  [oneByOne(processesRepair, (context, effect) => putBackProcesses(context, autoScaling, effect))],
  [
    allOfKind(commandEffect, (context, effects) => cancelCommands(context, ssm, effects)),
    ...(stopsRollout
      ? [
          allOfKind(refreshEffect, (context, effects) =>
            stopRefreshes(context, autoScaling, effects, inPlace),
          ),
        ]
      : []),
  ],
];

interface RestoreTools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
}

/** Restore, first: the group, so that instances are launched as before. */
export const restoreGroupWaves = ({ autoScaling, ec2 }: RestoreTools): Waves => [
  // Undo has resumed them, unless it failed: with suspended processes the group would replace nothing.
  [oneByOne(processesRepair, (context, effect) => putBackProcesses(context, autoScaling, effect))],
  [oneByOne(groupTemplateRepair, (context, effect) => putBackTemplate(context, autoScaling, effect))],
  [oneByOne(standbyRepair, (context, effect) => endStandby(context, autoScaling, effect))],
  [oneByOne(builderRepair, (context, effect) => endBuilder(context, ec2, effect))],
  [oneByOne(testInstanceRepair, (context, effect) => endTestInstance(context, ec2, effect))],
  [goneWithBuilder(commandEffect), goneWithBuilder(instanceTagsEffect)],
  [
    allOfKind(protectionEffect, async (context, effects) => {
      await putBackProtection(context, autoScaling, effects);
      return {};
    }),
  ],
];

/** Restore, before it asks what had begun: a command that Undo could not cancel comes to its end. */
export const awaitCommandsWaves = ({ ssm }: { readonly ssm: SSMClient }): Waves => [
  [allOfKind(commandEffect, (context, effects) => awaitCommands(context, ssm, effects))],
];

/** What was done to a builder ends with it. */
const goneWithBuilder = <Shape extends EffectShape>(kind: EffectKind<Shape>): CompensationAct =>
  allOfKind(kind, async ({ core, record }, effects) => {
    if (imageFrom(record) !== 'builder') return {};
    const builder = await core.effects.find(record.deployment, builderEffect, record.deployment);
    if (builder?.state !== 'undone') return {};
    await Promise.all(effects.map((effect) => settleAs(core, effect, undone)));
    return {};
  });

/** Restore, after a surge's surplus: if the maximum is below the capacity, AWS lowers the capacity to it. */
export const restoreSizeWaves = ({ autoScaling }: Pick<RestoreTools, 'autoScaling'>): Waves => [
  [oneByOne(sizeRepair, (context, effect) => putBackSize(context, autoScaling, effect))],
];

/** Effects on instances, and on what launched them, end when the instances are replaced. */
const undoneWithInstances = <Shape extends EffectShape>(kind: EffectKind<Shape>): CompensationAct =>
  allOfKind(kind, async ({ core, record }, effects) => {
    const rest = effects.filter(({ target }) => target !== restoreTarget(record.group));
    await Promise.all(rest.map((effect) => settleAs(core, effect, undone)));
    return {};
  });

/**
 * Restore, last: every instance runs the baseline. Puts back the tags of the instances that still exist.
 * @param touched instances that do not, and keep the tags that say so.
 */
export const restoreInstancesWaves = (
  { ec2 }: Pick<RestoreTools, 'ec2'>,
  touched: ReadonlySet<string> = new Set(),
): Waves => [
  [undoneWithInstances(commandEffect), undoneWithInstances(refreshEffect)],
  [latestFirst(instanceTagsRepair, (context, effect) => putBackTags(context, ec2, effect, touched))],
];

/** Gives instances their tags back, except those on which something has begun; settles nothing. */
export const giveBackTags = async (
  context: StepContext,
  ec2: EC2Client,
  effects: readonly Effect[],
  touched: ReadonlySet<string>,
): Promise<void> => {
  for (const effect of effects.filter((one) => instanceTagsEffect.is(one)).reverse())
    await putBackTags(context, ec2, effect, touched);
};

/** CleanUp, first: policies and alarms. */
export const scalingWaves = (clients: ScalingClients): Waves => [
  [(context, open) => putBackScaling(context, clients, open)],
];

interface RemovalTools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly inRegion: InRegion;
}

/** CleanUp: removes what was made. Launch template versions come first: an image that one of them names is in use. */
export const removalWaves = ({ autoScaling, ec2, inRegion }: RemovalTools): Waves => [
  [
    together(templateVersionRepair, (context, effect) =>
      deleteTemplateVersion(context, { ec2, autoScaling }, effect),
    ),
  ],
  [together(imageRepair, (context, effect) => removeImage(context, inRegion, effect))],
];
