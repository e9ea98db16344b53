import type { Group } from '../../fleet/group';
import type { ScheduledAction } from '../../fleet/scheduledActions';
import type { FreezeItem } from '../../engine/freeze';
import type { Release } from '../../engine/releases';
import type { Agent, Moving } from './moving';
import type { ScalingChanges } from '../../scaling/changes';

/** The provisioning document, held against what it would be given. */
export interface DocumentFacts {
  readonly name: string;
  readonly problems: readonly string[];
  /** On which its steps run; absent if it could not be read. */
  readonly platforms?: readonly string[];
  /** What a reader should know of it, after its name: `which does not pin its source`. */
  readonly note?: string;
}

/** The size of the volume at a device, in GiB. */
export interface VolumeSize {
  readonly device: string;
  readonly gib: number;
}

/** What a state's own dry run found. */
export interface DryRun {
  readonly state: string;
  /** AWS's error as `NAME: MESSAGE`; undefined if the calls are allowed. */
  readonly refusal: string | undefined;
  /** The function failed: its error says nothing about its calls. */
  readonly failed?: true;
}

/** Everything that the checks need, read once; the checks themselves are pure functions of it. */
export interface PreflightFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly group: Group;
  /** The numbered version that the group uses; undefined if AWS does not know it. */
  readonly template:
    | {
        readonly id: string;
        readonly name: string;
        readonly version: string;
        readonly imageId: string | undefined;
        /** The version that it tags instances with: the group may have been deployed to before. */
        readonly versionTag?: string | undefined;
        readonly instanceType: string | undefined;
        /** Those whose sizes it states. */
        readonly volumes?: readonly VolumeSize[];
      }
    | undefined;
  /** Of the launch template; undefined if AWS does not know it. */
  readonly templateTags: Readonly<Record<string, string>> | undefined;
  /** Members in service, with their tags. */
  readonly members: readonly {
    readonly id: string;
    readonly zone: string;
    readonly type: string;
    readonly tags: Readonly<Record<string, string>>;
  }[];
  readonly agents: ReadonlyMap<string, Agent>;
  readonly maintenance: readonly {
    readonly instance: string;
    readonly code: string;
    readonly notBefore: number;
  }[];
  readonly scheduledActions: readonly ScheduledAction[];
  readonly lifecycleHooks: readonly { readonly name: string; readonly heartbeatSeconds: number }[];
  readonly refreshInProgress: string | undefined;
  /** What changes by itself within minutes, and so is no reason to refuse the deployment yet. */
  readonly moving: readonly Moving[];
  readonly targetGroups: readonly {
    readonly arn: string;
    readonly deregistrationDelaySeconds: number;
    readonly secondsToHealthy: number;
  }[];
  readonly unknownTargetGroups: readonly string[];
  readonly gates: readonly { readonly name: string; readonly state: string | undefined }[];
  /** A ready image that the request names; `state` is undefined if AWS does not know it. */
  readonly image:
    | { readonly id: string; readonly state: string | undefined; readonly architecture: string | undefined }
    | undefined;
  readonly architecture: string | undefined;
  readonly quota:
    | {
        readonly code: string;
        readonly limitVcpus: number;
        readonly usedVcpus: number;
        readonly vcpusPerInstance: number;
      }
    | undefined;
  readonly lastGood: Release | undefined;
  /** What of the last good release does not exist in AWS any more: its image, its launch template version. */
  readonly lastGoodLacks: readonly string[];
  /** Without a good release that is whole: the state of the image from which the group launches now. */
  readonly presentImage?: { readonly id: string; readonly state: string | undefined } | undefined;
  /** What is wrong with the provisioning document or its parameters; undefined if nothing is provisioned. */
  readonly document: DocumentFacts | undefined;
  /** How policies and alarms would change; undefined if the settings hold none, and nobody asks. */
  readonly scaling?: Pick<ScalingChanges, 'changes' | 'problems'> | undefined;
  /** Images that would be launched from the template, with their snapshots; read where it states sizes. */
  readonly snapshots?: readonly (VolumeSize & { readonly image: string; readonly snapshot: string })[];
  /** The freezes by hand that hold now; the calendar is in the settings. */
  readonly freezes: readonly FreezeItem[];
  /** What the steps' own dry runs found. */
  readonly dryRuns: readonly DryRun[];
}
