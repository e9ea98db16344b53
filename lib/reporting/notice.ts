import type { End } from '../engine/outcome';
import type { DeploymentRecord } from '../engine/record';
import type { RefusedTag } from './refusedTagsMessage';
import type { RecordKind } from '../engine/outcome';

interface OfRecord {
  readonly record: DeploymentRecord;
}

/** An application, and its settings if they are known: they name the topic. */
interface OfApplication {
  readonly application: string;
  readonly settings?: DeploymentRecord['settings'];
  /** The release's own deployment, whose thread it belongs to. */
  readonly deployment?: string;
}

/** A request as it was given. */
export interface Asked {
  readonly application?: string;
  readonly version?: string;
  /** An alarm asked for it. */
  readonly automatic?: boolean;
}

/** One difference of a fleet. */
export interface DriftNoticed {
  /** A sentence without a full stop. */
  readonly what: string;
  /** The command that puts it back. */
  readonly mend: string;
  readonly seenAt: number;
  /** `UpdateAutoScalingGroup by arn:… at …`, or why it is not known. */
  readonly who?: string;
}

/** Everything that people are notified of. All times are epoch milliseconds. */
export type Notice =
  | ({ readonly kind: 'started' } & OfRecord)
  | ({ readonly kind: 'image'; readonly image: string } & OfRecord)
  | ({
      readonly kind: 'approval';
      /** How much of the fleet was to be replaced before, in percent. */
      readonly percentage: number;
      /** How many instances run the new version, of how many. */
      readonly replaced: number;
      readonly of: number;
      /** Without an approval by then, the deployment is undone. */
      readonly until: number;
    } & OfRecord)
  | ({
      /** The request waits for its turn. */
      readonly kind: 'waiting';
      /** The deployment or rollback that works on the fleet. */
      readonly waitsFor: string;
      /** The rollback since which it is held back until somebody approves it. */
      readonly heldSince?: string;
      /** It starts by then, or ends. */
      readonly until: number;
    } & OfRecord)
  | ({
      /** A step has not moved on for a while. */
      readonly kind: 'stalled';
      readonly state: string;
      readonly since: number;
      /** Its time-out; absent where it is only tried again and again. */
      readonly until?: number;
      readonly at: number;
      readonly progress?: string;
      /** What keeps it, in AWS's own words. */
      readonly reason?: string;
    } & OfRecord)
  | ({ readonly kind: 'halted'; readonly by: string; readonly reason: string } & OfRecord)
  | {
      readonly kind: 'ended';
      readonly deployment: string;
      readonly record: DeploymentRecord | undefined;
      /** Deployment or rollback, where no record tells; a deployment unless given. */
      readonly of?: RecordKind;
      /** What the request named, where it never had a record. */
      readonly asked?: Asked;
      readonly end: End;
      readonly at: number;
    }
  | ({
      readonly kind: 'release-bad';
      readonly version: string;
      readonly alarm: string;
      /** What happens now: `Rolling back to v1.` */
      readonly then: string;
      /** Nothing acts on it automatically: a person has to. */
      readonly page?: boolean;
    } & OfApplication)
  | ({
      readonly kind: 'alarm-ignored';
      readonly alarm: string;
      readonly why: string;
      /** It rings on after a deployment or a rollback has ended. */
      readonly stillRings?: true;
      readonly page?: boolean;
    } & OfApplication)
  | ({
      /** An image could not be copied to another region; it is tried again. */
      readonly kind: 'copy-failed';
      readonly version: string;
      readonly image: string;
      readonly region: string;
      readonly problem: string;
    } & OfApplication)
  | ({
      readonly kind: 'instance';
      readonly instance: string;
      /** `EC2 has scheduled instance-retirement`. */
      readonly what: string;
      /** Not before then; absent for what is so already. */
      readonly notBefore?: number;
      /** The settings ask for its replacement: when that is, or why it does not come in time. */
      readonly replacement?: { readonly from: number; readonly until: number } | { readonly why: string };
    } & OfApplication)
  | ({
      /** An instance was taken out, and nothing serves in its place for long. */
      readonly kind: 'replacement-stalled';
      readonly instance: string;
      readonly since: number;
      readonly message: string;
    } & OfApplication)
  | ({
      /** How the replacement of an instance ended. */
      readonly kind: 'replaced';
      readonly instance: string;
      readonly outcome: 'Replaced' | 'Rejected' | 'Dirty';
      readonly by: string;
      readonly reason?: string;
      readonly message: string;
      /** The fleet is short of one. */
      readonly page: boolean;
    } & OfApplication)
  | {
      /** Tags that led to no deployment. */
      readonly kind: 'tags-refused';
      readonly tags: readonly RefusedTag[];
    }
  | ({
      readonly kind: 'frozen' | 'unfrozen';
      readonly by: string;
      readonly reason: string;
      readonly until?: number;
    } & OfApplication)
  | ({
      /** A fleet at rest differs from what Forseti left, or does so no more (lib/drift). */
      readonly kind: 'drift';
      /** Differences that are new. */
      readonly found: readonly DriftNoticed[];
      /** Differences that were told before and are gone. */
      readonly mended: readonly Pick<DriftNoticed, 'what' | 'seenAt'>[];
      /** How many there are now, told before ones among them. */
      readonly left: number;
    } & OfApplication)
  | ({
      /** A switch was turned on or off (lib/switches). */
      readonly kind: 'switched';
      /** Its kind. */
      readonly switch: string;
      /** As a sentence calls it: `the maintenance page`. */
      readonly called: string;
      /** A name of an emoji, for chat. */
      readonly sign: string;
      readonly on: boolean;
      readonly by: string;
      readonly lines: readonly string[];
      /** How to turn it off. */
      readonly undo?: string;
      /** It does not go off by itself. */
      readonly page?: boolean;
    } & OfApplication);

/** Steps of the way back: if they stand still, nobody is watching, or the fleet is not what it should be. */
const backSteps: readonly string[] = ['Halt', 'RollBack', 'Undo', 'Restore'];

/**
 * Whether it pages somebody. A rollback pages if an alarm asked for it and it failed; a step that stands still pages if it
 * belongs to a way back.
 */
export const pages = (notice: Notice): boolean => {
  if (notice.kind === 'stalled') return backSteps.includes(notice.state);
  if (notice.kind !== 'ended') return 'page' in notice && notice.page === true;
  const { record, end, of, asked } = notice;
  const automatic = record
    ? record.kind === 'rollback' && record.alarm !== undefined
    : of === 'rollback' && asked?.automatic === true;
  return end.outcome === 'Dirty' || (automatic && end.error !== 'None');
};

/** The settings that name the topics. */
export const topicsOf = (notice: Notice): DeploymentRecord['settings']['notifications'] | undefined =>
  ('record' in notice ? notice.record?.settings : 'settings' in notice ? notice.settings : undefined)
    ?.notifications;
