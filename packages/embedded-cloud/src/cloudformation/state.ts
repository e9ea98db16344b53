/** Stacks, their resources, change sets and events; plain JSON. Times are epoch milliseconds. */
import type { CloudFormationTemplate } from '../template/compiled';

export type Parameters = Readonly<Record<string, string>>;

/** A resource of a stack, as it was last made. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** The physical id, which `Ref` gives. */
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy?: string;
  readonly status: string;
  readonly reason?: string;
  readonly updatedAt: number;
}

export interface StackEvent {
  readonly id: string;
  readonly at: number;
  readonly logicalId: string;
  readonly ref: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly createdAt: number;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly reason?: string;
  readonly template: CloudFormationTemplate;
  readonly parameters: Parameters;
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly importsExisting: boolean;
}

/** What is done to one resource. */
export interface Operation {
  readonly act: 'create' | 'import' | 'update' | 'delete';
  readonly resource: Omit<StackResource, 'status' | 'reason' | 'updatedAt'>;
  /** What an update changes, for the way back. */
  readonly before?: Omit<StackResource, 'status' | 'reason' | 'updatedAt'>;
}

/** Work that is under way: one operation after the other, each of which is due on the agenda. */
export interface Work {
  readonly kind: 'create' | 'update' | 'delete' | 'rollback' | 'cleanup';
  readonly operations: readonly Operation[];
  /** So many are done. */
  readonly next: number;
  /** What the stack has when the work is done; absent while it is removed. */
  readonly template?: CloudFormationTemplate;
  readonly parameters?: Parameters;
  /** Of a rollback: what was rolled back. */
  readonly of?: 'create' | 'update';
  /** Of a removal: resources that stay because the request said so. */
  readonly retain?: readonly string[];
}

export interface StackState {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt?: number;
  readonly deletedAt?: number;
  readonly status: string;
  readonly reason?: string;
  readonly isProtected: boolean;
  /** Of what the stack has now; none before its first change set was executed. */
  readonly template?: CloudFormationTemplate;
  readonly parameters: Parameters;
  readonly tags: Readonly<Record<string, string>>;
  /** By logical id. */
  readonly resources: Readonly<Record<string, StackResource>>;
  /** The oldest first. */
  readonly events: readonly StackEvent[];
  /** By name. */
  readonly changeSets: Readonly<Record<string, ChangeSet>>;
  readonly work?: Work;
  /** What an update that is under way removes once all else is done. */
  readonly cleanup?: readonly Operation[];
}

/** That the n-th operation of that kind fails, counted from now over all stacks of the region. */
export interface PlannedFailure {
  readonly act: Operation['act'] | 'roll back';
  readonly number: number;
  readonly reason: string;
}

export interface CloudFormationState {
  /** By id. Of a name, one at most is not deleted. */
  stacks: Record<string, StackState>;
  failures: PlannedFailure[];
}
