import type { ApplicationSettings, RolloutStrategy, Strategy } from '../application/schema';
import type { Table } from '../aws/table';
import type { End } from './close';

/** Every way in which a record can end. */
export type Outcome = 'Deployed' | 'Rejected' | 'RolledBack' | 'Dirty' | 'Superseded';

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

export interface Failure {
  readonly state: string;
  readonly error: string;
  readonly message: string;
  readonly problems: readonly string[];
}

/** Item `record` of a deployment: who asked for what, with which settings, and how it ended. Times are epoch ms. */
export interface DeploymentRecord {
  readonly deployment: string;
  readonly item: 'record';
  readonly application: string;
  readonly version: string;
  readonly strategy: Strategy;
  readonly rollout: RolloutStrategy;
  /** A ready image that was asked for: nothing is provisioned or baked. */
  readonly image?: string;
  readonly extraVars: Readonly<Record<string, string | number | boolean>>;
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly execution: string;
  readonly group: string;
  readonly settings: ApplicationSettings;
  readonly settingsVersion: number;
  readonly acceptedAt: number;
  /** Set by Lock: the fencing number under which this deployment may change the fleet. */
  readonly fence?: number;
  /** Set by Preflight: what to restore to. */
  readonly baseline?: Baseline;
  /** Set by Preflight: the version that the group uses, from which the new one is made. */
  readonly groupTemplate?: LaunchTemplateRef;
  /** Set by BakeImage (or Preflight, for a ready image). */
  readonly bakedImage?: string;
  /** Set by SwapLaunchTemplate. */
  readonly launchTemplate?: LaunchTemplateRef;
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
  'deployment' | 'item' | 'execution' | 'acceptedAt' | 'closedAt' | 'outcome' | 'end'
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

  async find(deployment: string): Promise<DeploymentRecord | undefined> {
    return (await this.table.get({ deployment, item: 'record' })) as DeploymentRecord | undefined;
  }

  /** Writes a new record; a second write of the same deployment (a retry) leaves the first as it is and answers with it. */
  async create(record: DeploymentRecord): Promise<DeploymentRecord> {
    const written = await this.table.put(record, { expression: 'attribute_not_exists(deployment)' });
    if (written.done) return record;
    return (written.found as DeploymentRecord | undefined) ?? record;
  }

  async refuse(record: RefusedRecord): Promise<void> {
    await this.table.put(record as DeploymentRecord, { expression: 'attribute_not_exists(deployment)' });
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
