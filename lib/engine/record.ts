import type { Concurrency } from '../application/concurrencies';
import type { ApplicationSettings, RolloutStrategy, Strategy } from '../application/schema';
import type { Table } from '../aws/table';
import type { End, Failure, Outcome, RecordKind } from './outcome';
import { InvalidRequest } from './errors';
import { currentFormat, inCurrentFormat } from './format';

/** A launch template version by its number, never `$Latest` or `$Default`. */
export interface LaunchTemplateRef {
  readonly id: string;
  readonly version: string;
}

/** What the fleet ran before, and is restored to. */
export interface Baseline {
  readonly version?: string;
  readonly image?: string;
  readonly launchTemplate: LaunchTemplateRef;
  /**
   * It is no release yet, but what the group launched from before its first deployment. It becomes one when the
   * deployment has ended well.
   */
  readonly unreleased?: true;
}

/** The group's sizes and attachments when the deployment began. */
export interface GroupBefore {
  readonly min: number;
  readonly max: number;
  /** ARNs, sorted. */
  readonly targetGroups: readonly string[];
}

/** Deadlines of waiting states, in seconds, by state. */
export type Deadlines = Readonly<Record<string, number>>;

/**
 * Item `record` of a deployment or rollback: who asked for what, with which settings, and how it ended. Times are
 * epoch ms.
 */
export interface DeploymentRecord {
  readonly deployment: string;
  readonly item: 'record';
  /** See format.ts. */
  readonly format?: number;
  readonly kind: RecordKind;
  /**
   * What the sweep has to come back to: `open` until the record is closed, `spare` while its image is retained to be
   * resumed from. Absent: nothing.
   */
  readonly due?: 'open' | 'spare';
  readonly application: string;
  readonly version: string;
  readonly strategy: Strategy;
  readonly rollout: RolloutStrategy;
  /** The request named a ready image: nothing is provisioned or baked. */
  readonly image?: string;
  /** The request wants an image of the fleet as it is: nothing is provisioned. */
  readonly imageFrom?: 'running';
  readonly extraVars: Readonly<Record<string, string | number | boolean>>;
  /** Of the playbook, in the place of the settings': what alone is run, and what is left out. */
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  /** The commit that the version's tag named, as the event or the request said. */
  readonly commit?: string;
  /** What the source of the playbook was on the first instance; all others get the same. See provisioning/revision.ts. */
  readonly revision?: string;
  readonly reason?: string;
  readonly requestedBy?: string;
  /** Why the deployment goes on in spite of a freeze, or of alarms that are in ALARM already. */
  readonly despiteFreeze?: string;
  readonly despiteAlarms?: string;
  /** The alarm that requested a rollback. */
  readonly alarm?: { readonly name: string; readonly changedAt: number };
  /** A rollback to a version that was named. */
  readonly named?: true;
  /** A rollback that asks for another way than `rollback.template` of the settings. */
  readonly template?: 'current' | 'release';
  /**
   * A rollback, set by PreflightRollback: what goes back besides the image, and what stays. Lines for people, as `plan`
   * writes them.
   */
  readonly besides?: { readonly template: readonly string[]; readonly scaling: readonly string[] };
  /** A rollback that replaces all instances at once, with twice the capacity for a while. */
  readonly fast?: true;
  /** The deployment that failed, whose image and launch template version this one uses again. */
  readonly resumedFrom?: string;
  readonly execution: string;
  readonly group: string;
  readonly settings: ApplicationSettings;
  readonly settingsVersion: number;
  readonly acceptedAt: number;
  /** When the tag that requested it was pushed. */
  readonly pushedAt?: number;
  /** By what requests of one fleet are compared; see requestOrder.ts. */
  readonly order?: string;
  /** What the request is to do while another deployment runs. */
  readonly concurrency?: Concurrency;
  /** Set by Lock: the fencing number under which this deployment may change the fleet. */
  readonly fence?: number;
  /** Set by Preflight: what to restore to. */
  readonly baseline?: Baseline;
  /** Set by Preflight: how many instances were in service. */
  readonly fleetSize?: number;
  /** Set by Preflight: the version that the group uses, from which the new one is made. */
  readonly groupTemplate?: LaunchTemplateRef;
  /** Set by Preflight. */
  readonly groupBefore?: GroupBefore;
  /** Set by BakeImage (or Preflight, for a ready image). */
  readonly bakedImage?: string;
  /** Set by SwapLaunchTemplate. */
  readonly launchTemplate?: LaunchTemplateRef;
  /** Set by Preflight: alarms that were in ALARM already and are ignored. The rollout is not undone for them. */
  readonly muted?: readonly string[];
  /** Set by Preflight: the deadlines of the states to come. */
  readonly timeouts?: Deadlines;
  /**
   * A rollback: the sort key of the release that it goes to, and of the newer ones, which it withdraws. `name` is the
   * release's id, where its version alone is ambiguous.
   */
  readonly target?: {
    readonly release: string;
    readonly name?: string;
    readonly withdraws: readonly string[];
  };
  /** A rollback: the deployment that it halted, and whose rollout it undoes. */
  readonly halted?: string;
  /** A deployment: the rollback that halted it, undoes its rollout, and gets its lock. */
  readonly handedTo?: { readonly deployment: string; readonly owner: string };
  /** Who approved the rest of the rollout. */
  readonly approval?: { readonly by: string; readonly at: number };
  /** Who approved the start of what was held back after a rollback. */
  readonly startApproval?: { readonly by: string; readonly at: number };
  /** The execution that compensates in place of a stopped one: its owner and fence. */
  readonly holder?: { readonly owner: string; readonly fence: number };
  /** The execution of Mend that repairs this record, since the record's own execution has ended. */
  readonly mendedBy?: string;
  /** Set at its end: instances of its image were launched, and none of them became healthy. */
  readonly neverHealthy?: true;
  /** Until when the image of a failed deployment is retained, to be resumed from. */
  readonly spareUntil?: number;
  /** When the compensation began; epoch ms. A time-out leaves no failure that tells when it was seen. */
  readonly undoneSince?: number;
  /** The point of no return: the release was marked good. */
  readonly completedAt?: number;
  readonly failure?: Failure;
  /** Set by Restore: how many instances it replaced, and why. */
  readonly replaced?: string;
  readonly warnings?: readonly string[];
  readonly closedAt?: number;
  readonly outcome?: Outcome;
  /** The end as it was reported, for a step of a closed record that runs again. */
  readonly end?: End;
}

/** What a record is about, for people: its version, or the id of the release that a rollback goes to. */
export const versionInWords = ({ version, target }: Pick<DeploymentRecord, 'version' | 'target'>): string =>
  target?.name ?? version;

/** The record of a request that was refused: it has no settings. */
export type RefusedRecord = Pick<
  DeploymentRecord,
  'deployment' | 'item' | 'format' | 'kind' | 'execution' | 'acceptedAt' | 'closedAt' | 'outcome' | 'end'
> &
  Partial<Pick<DeploymentRecord, 'application' | 'version' | 'requestedBy' | 'failure'>>;

/** Item `step#NAME`: when a state's work began and ended, and what it has to remember between two polls. */
export interface StepItem {
  readonly deployment: string;
  readonly item: string;
  readonly startedAt: number;
  /** Only for waiting states; the others are over within a second. */
  readonly endedAt?: number;
  /** When it failed last; before `startedAt` if it was tried again since. */
  readonly failedAt?: number;
  readonly memo?: Record<string, unknown>;
  /** The progress for people: `14 of 20 instances`. */
  readonly progress?: string;
  /** What shows that it moves on; see waiting/lookNotes.ts. */
  readonly mark?: string;
  /** When it moved on last. */
  readonly movedAt?: number;
  /** What keeps it, in AWS's own words, as the last look saw it; empty where nothing does any more. */
  readonly reason?: string;
  /** Until when it waits as planned; 0 where it does not any more. */
  readonly until?: number;
  /** The standstill that people were notified of, by when it counted as one; of a step whose token is not parked. */
  readonly toldStall?: number;
}

type Item = DeploymentRecord | StepItem;

/** Deployments' records: one item per deployment, one per step, one per effect (see effects.ts). */
export class Records {
  constructor(private readonly table: Table<Item>) {}

  /** @throws UnknownFormat */
  async find(deployment: string): Promise<DeploymentRecord | undefined> {
    const record = await this.peek(deployment);
    return record && inCurrentFormat(record, `Record ${deployment}`);
  }

  /** The record whatever its format, for callers that need only its existence and its execution. */
  async peek(deployment: string): Promise<DeploymentRecord | undefined> {
    return (await this.table.get({ deployment, item: 'record' })) as DeploymentRecord | undefined;
  }

  /**
   * Writes a new record. A second write for the same deployment (a retry) leaves the first unchanged and returns it.
   * @throws InvalidRequest if the name was used before: Step Functions frees it 90 days after an execution's end.
   */
  async create(record: DeploymentRecord): Promise<DeploymentRecord> {
    const fresh = { ...record, format: currentFormat };
    const written = await this.table.put(fresh, { expression: 'attribute_not_exists(deployment)' });
    if (written.done) return fresh;
    const found = (written.found as DeploymentRecord | undefined) ?? fresh;
    if (found.acceptedAt === record.acceptedAt) return found;
    throw new InvalidRequest(
      `The name ${record.deployment} was used before, by ${found.application} ${found.version} of ${new Date(found.acceptedAt).toISOString()}: ` +
        'start the execution under another name.',
    );
  }

  /** Notes why a step failed, except in a record that is closed or that belongs to another run under the same name. */
  async fail(deployment: string, failure: Failure): Promise<void> {
    await this.table.update({ deployment, item: 'record' }, assignment({ failure }), {
      expression: 'attribute_exists(deployment) AND attribute_not_exists(closedAt)',
    });
  }

  async refuse(record: RefusedRecord): Promise<void> {
    await this.table.put(
      { ...(record as DeploymentRecord), format: currentFormat },
      { expression: 'attribute_not_exists(deployment)' },
    );
  }

  /** Sets some attributes of the record. */
  async set(
    deployment: string,
    change: Partial<Omit<DeploymentRecord, 'deployment' | 'item'>>,
  ): Promise<void> {
    await this.table.update({ deployment, item: 'record' }, assignment(change), {
      expression: 'attribute_exists(deployment)',
    });
  }

  /** Adds warnings, each once, to those that are stored now: another step may have added some meanwhile. */
  async warn(deployment: string, ...warnings: readonly string[]): Promise<void> {
    for (const warning of warnings)
      await this.table.update(
        { deployment, item: 'record' },
        {
          expression: 'SET warnings = list_append(if_not_exists(warnings, :none), :warnings)',
          values: { ':none': [], ':warnings': [warning] },
        },
        {
          expression: 'attribute_exists(deployment) AND NOT contains(warnings, :warning)',
          values: { ':warning': warning },
        },
      );
  }

  /** Closes a record: from now on no step of it changes anything. A record that is closed already stays as it ended. */
  async close(
    deployment: string,
    end: Pick<DeploymentRecord, 'closedAt' | 'outcome' | 'end'> & Partial<DeploymentRecord>,
  ): Promise<void> {
    const { expression, ...rest } = assignment(end);
    await this.table.update(
      { deployment, item: 'record' },
      { ...rest, expression: end.due === undefined ? `${expression} REMOVE due` : expression },
      { expression: 'attribute_exists(deployment) AND attribute_not_exists(closedAt)' },
    );
  }

  /** Claims a record whose execution has ended. @returns false if another claim was quicker. */
  async claim({ deployment, mendedBy }: DeploymentRecord, mender: string): Promise<boolean> {
    const claimed = await this.table.update(
      { deployment, item: 'record' },
      assignment({ mendedBy: mender }),
      {
        expression:
          mendedBy === undefined ? 'attribute_not_exists(mendedBy)' : 'mendedBy IN (:seen, :mender)',
        ...(mendedBy !== undefined && { values: { ':seen': mendedBy, ':mender': mender } }),
      },
    );
    return claimed.done;
  }

  async clear(deployment: string, ...names: (keyof DeploymentRecord)[]): Promise<void> {
    await this.table.update(
      { deployment, item: 'record' },
      {
        expression: `REMOVE ${names.map((_, index) => `#a${String(index)}`).join(', ')}`,
        names: Object.fromEntries(names.map((name, index) => [`#a${String(index)}`, name])),
      },
      { expression: 'attribute_exists(deployment)' },
    );
  }

  /** Records that are open, or whose images are retained, the oldest first. Read from an index, which may be a second late. */
  async due(what: 'open' | 'spare'): Promise<DeploymentRecord[]> {
    const found = await this.table.query(
      { expression: 'due = :due', values: { ':due': what } },
      { index: 'due' },
    );
    return found as DeploymentRecord[];
  }

  /** An application's newest records, including refused ones. Read from an index, which may be a second late. */
  async latest(application: string, limit: number): Promise<DeploymentRecord[]> {
    const found = await this.table.query(
      { expression: 'application = :application', values: { ':application': application } },
      { index: 'byApplication', backwards: true, limit },
    );
    return found as DeploymentRecord[];
  }

  /** Deployments and rollbacks of an application that were accepted since then, the oldest first. May be a second late. */
  async since(application: string, acceptedAt: number): Promise<DeploymentRecord[]> {
    const found = await this.table.query(
      {
        expression: 'application = :application AND acceptedAt >= :since',
        values: { ':application': application, ':since': acceptedAt },
      },
      { index: 'byApplication' },
    );
    return found as DeploymentRecord[];
  }

  async step(deployment: string, state: string): Promise<StepItem | undefined> {
    return (await this.table.get({ deployment, item: `step#${state}` })) as StepItem | undefined;
  }

  /** Notes when a state's work began. A later try of the machine does not change it. */
  async beginStep(deployment: string, state: string, startedAt: number): Promise<void> {
    await this.table.update(
      { deployment, item: `step#${state}` },
      { expression: 'SET startedAt = if_not_exists(startedAt, :now)', values: { ':now': startedAt } },
    );
  }

  /**
   * Notes when a waiting state's work began. A later try of the machine does not change it, unless the state had ended or
   * failed before: then it begins anew.
   */
  async beginWait(deployment: string, state: string, startedAt: number): Promise<void> {
    await this.table.update(
      { deployment, item: `step#${state}` },
      { expression: 'SET startedAt = :now REMOVE endedAt, failedAt', values: { ':now': startedAt } },
      {
        expression:
          'attribute_not_exists(startedAt) OR attribute_exists(endedAt) OR attribute_exists(failedAt)',
      },
    );
  }

  /** Claims the message of a step that stands still. @returns false if it was sent, or is being sent. */
  async claimStall({ deployment, item }: StepItem, stallsAt: number): Promise<boolean> {
    const claimed = await this.table.update(
      { deployment, item },
      { expression: 'SET toldStall = :stallsAt', values: { ':stallsAt': stallsAt } },
      { expression: 'attribute_not_exists(toldStall) OR toldStall <> :stallsAt' },
    );
    return claimed.done;
  }

  async setStep(
    deployment: string,
    state: string,
    change: Partial<Omit<StepItem, 'deployment' | 'item'>>,
  ): Promise<void> {
    await this.table.update({ deployment, item: `step#${state}` }, assignment(change));
  }

  async steps(deployment: string): Promise<StepItem[]> {
    return (await this.table.query({
      expression: 'deployment = :deployment AND begins_with(#item, :step)',
      names: { '#item': 'item' },
      values: { ':deployment': deployment, ':step': 'step#' },
    })) as StepItem[];
  }
}

const assignment = (change: object) => {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined);
  return {
    expression: `SET ${entries.map((_, index) => `#a${String(index)} = :a${String(index)}`).join(', ')}`,
    names: Object.fromEntries(entries.map(([name], index) => [`#a${String(index)}`, name])),
    values: Object.fromEntries(entries.map(([, value], index) => [`:a${String(index)}`, value as unknown])),
  };
};
