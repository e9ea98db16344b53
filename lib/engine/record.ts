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
   * What somebody has to come back to, for the sweep: `open` until the record is closed, `spare` as long as its image is
   * kept to be resumed from. Absent: nothing.
   */
  readonly due?: 'open' | 'spare';
  readonly application: string;
  readonly version: string;
  readonly strategy: Strategy;
  readonly rollout: RolloutStrategy;
  /** A ready image that was asked for: nothing is provisioned or baked. */
  readonly image?: string;
  /** The fleet as it is was asked for: nothing is provisioned. */
  readonly imageFrom?: 'running';
  readonly extraVars: Readonly<Record<string, string | number | boolean>>;
  readonly reason?: string;
  readonly requestedBy?: string;
  /** Why the deployment goes on in spite of a freeze, or of alarms that ring already. */
  readonly despiteFreeze?: string;
  readonly despiteAlarms?: string;
  /** The alarm that asked for a rollback. */
  readonly alarm?: { readonly name: string; readonly changedAt: number };
  /** A rollback in the fast lane. */
  readonly fast?: true;
  /** The deployment that failed, whose image and launch template version this one uses again. */
  readonly resumedFrom?: string;
  readonly execution: string;
  readonly group: string;
  readonly settings: ApplicationSettings;
  readonly settingsVersion: number;
  readonly acceptedAt: number;
  /** When the tag was pushed that asked for it. */
  readonly pushedAt?: number;
  /** Set by Lock: the fencing number under which this deployment may change the fleet. */
  readonly fence?: number;
  /** Set by Preflight: what to restore to. */
  readonly baseline?: Baseline;
  /** Set by Preflight: how many instances were in service. */
  readonly fleetSize?: number;
  /** Set by Preflight: the version that the group uses, from which the new one is made. */
  readonly groupTemplate?: LaunchTemplateRef;
  /** Set by BakeImage (or Preflight, for a ready image). */
  readonly bakedImage?: string;
  /** Set by SwapLaunchTemplate. */
  readonly launchTemplate?: LaunchTemplateRef;
  /** Set by Preflight: alarms that rang already and were let pass. The rollout is not undone for them. */
  readonly muted?: readonly string[];
  /** Set by Preflight: the deadlines of the states to come. */
  readonly timeouts?: Deadlines;
  /** A rollback: the release that it goes to, by its sort key, and the ones newer than it, which it withdraws. */
  readonly target?: { readonly release: string; readonly withdraws: readonly string[] };
  /** A rollback: the deployment that it halted, and whose rollout it undoes. */
  readonly halted?: string;
  /** A deployment: the rollback that halted it, undoes its rollout, and gets its lock. */
  readonly handedTo?: { readonly deployment: string; readonly owner: string };
  /** Who approved the rest of the rollout. */
  readonly approval?: { readonly by: string; readonly at: number };
  /** Who approved the start of what was held back after a rollback. */
  readonly startApproval?: { readonly by: string; readonly at: number };
  /** Whoever compensates in the place of an execution that was stopped: under which owner and fence. */
  readonly holder?: { readonly owner: string; readonly fence: number };
  /** The execution of Mend that looks after this record, since the record's own has ended. */
  readonly mendedBy?: string;
  /** Until when the image of a failed deployment is kept, to be resumed from. */
  readonly spareUntil?: number;
  /** The point of no return: the release was marked good. */
  readonly completedAt?: number;
  readonly failure?: Failure;
  readonly warnings?: readonly string[];
  readonly closedAt?: number;
  readonly outcome?: Outcome;
  /** What the end told, for a step of a closed record that is asked again. */
  readonly end?: End;
}

/** The record of a request that could not be taken: there are no settings to go by. */
export type RefusedRecord = Pick<
  DeploymentRecord,
  'deployment' | 'item' | 'format' | 'kind' | 'execution' | 'acceptedAt' | 'closedAt' | 'outcome' | 'end'
> &
  Partial<Pick<DeploymentRecord, 'application' | 'version' | 'requestedBy' | 'failure'>>;

/** Item `step#NAME`: when a state's work began and ended, and what it has to remember between two looks. */
export interface StepItem {
  readonly deployment: string;
  readonly item: string;
  readonly startedAt: number;
  /** Of states that wait; the others are over within a second. */
  readonly endedAt?: number;
  readonly memo?: Record<string, unknown>;
  /** What a person may read of the progress: `14 of 20 instances`. */
  readonly progress?: string;
}

type Item = DeploymentRecord | StepItem;

/** Deployments' records: one item for the deployment, one a step, one an effect (see effects.ts). */
export class Records {
  constructor(private readonly table: Table<Item>) {}

  /** @throws UnknownFormat */
  async find(deployment: string): Promise<DeploymentRecord | undefined> {
    const record = await this.peek(deployment);
    return record && inCurrentFormat(record, `Record ${deployment}`);
  }

  /** The record whatever its format, for what only has to know that there is one and of which execution. */
  async peek(deployment: string): Promise<DeploymentRecord | undefined> {
    return (await this.table.get({ deployment, item: 'record' })) as DeploymentRecord | undefined;
  }

  /**
   * Writes a new record; a second write of the same deployment (a retry) leaves the first as it is and answers with it.
   * @throws InvalidRequest where the name was used before: Step Functions frees it 90 days after an execution's end.
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

  /** Why a step failed; not of a record that is closed, nor of another run under the same name. */
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

  /** Adds warnings, each once, to those that the record holds by now: others may have added theirs meanwhile. */
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

  /** Ends a record: from now on no step of it changes anything. One that is closed already stays as it ended. */
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

  /** Somebody looks after a record in the place of its execution. @returns false where another was quicker. */
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

  /** Takes attributes away. */
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

  /** Records that are open, or whose spare images are kept, the oldest first; read from an index, so a second late. */
  async due(what: 'open' | 'spare'): Promise<DeploymentRecord[]> {
    const found = await this.table.query(
      { expression: 'due = :due', values: { ':due': what } },
      { index: 'due' },
    );
    return found as DeploymentRecord[];
  }

  /** An application's newest records, refused ones among them; read from an index, so a second late. */
  async latest(application: string, limit: number): Promise<DeploymentRecord[]> {
    const found = await this.table.query(
      { expression: 'application = :application', values: { ':application': application } },
      { index: 'byApplication', backwards: true, limit },
    );
    return found as DeploymentRecord[];
  }

  /** Deployments and rollbacks of an application that were accepted since then, the oldest first; a second late. */
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
