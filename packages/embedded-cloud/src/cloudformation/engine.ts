/** Makes, changes and removes stacks, one operation after the other on virtual time. */
import type { Roles } from '../iam/roles';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { isThere, nameless, put, remove, renewNameless } from '../template/handlers';
import type { Stack } from '../template/installed';
import { isRetained, removalOf, rollbackOf } from './plan';
import type {
  CloudFormationState,
  Operation,
  PlannedFailure,
  StackEvent,
  StackResource,
  StackState,
  Work,
} from './state';

/** One resource; CloudFormation works on several at once, so that a stack of 280 takes some minutes. */
const operationMs = 600;

const stackType = 'AWS::CloudFormation::Stack';

const inProgress: Readonly<Record<Operation['act'], string>> = {
  create: 'CREATE_IN_PROGRESS',
  import: 'IMPORT_IN_PROGRESS',
  update: 'UPDATE_IN_PROGRESS',
  delete: 'DELETE_IN_PROGRESS',
};
const ended = (act: Operation['act'], how: 'COMPLETE' | 'FAILED'): string =>
  inProgress[act].replace('IN_PROGRESS', how);

/** The words of the handler of a resource's type. */
const inWords = (error: unknown): string => {
  const { message } = error as Error;
  return error instanceof AwsError ? `Resource handler returned message: "${message}"` : message;
};

const failedWords = (act: string, ids: readonly string[]): string =>
  `The following resource(s) failed to ${act}: [${ids.join(', ')}]. `;

const taken = ({ type, ref }: Operation['resource']): AwsError =>
  new AwsError('AlreadyExists', `Resource of type '${type}' with identifier '${ref}' already exists.`);

const without = <Key extends keyof StackState>(
  stack: StackState,
  ...keys: readonly Key[]
): Omit<StackState, Key> =>
  Object.fromEntries(Object.entries(stack).filter(([key]) => !keys.includes(key as Key))) as Omit<
    StackState,
    Key
  >;

export class Engine {
  constructor(
    private readonly region: Region,
    private readonly state: () => CloudFormationState,
    private readonly roles: () => Roles,
  ) {}

  stack(id: string): StackState {
    const found = this.state().stacks[id];
    if (!found) throw new Error(`There is no stack ${id}.`);
    return found;
  }

  /** The stack of a name that is not deleted, or that of an id. */
  find(nameOrId: string): StackState | undefined {
    const { stacks } = this.state();
    return (
      stacks[nameOrId] ??
      Object.values(stacks).find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE')
    );
  }

  /** All that are not deleted. */
  all(): readonly StackState[] {
    return Object.values(this.state().stacks).filter(({ status }) => status !== 'DELETE_COMPLETE');
  }

  /** A stack without anything in it. @param salt the last part of its id */
  add(name: string, salt: string): StackState {
    const id = this.region.arn('cloudformation', `stack/${name}/${salt}`);
    const status = 'REVIEW_IN_PROGRESS';
    this.state().stacks[id] = {
      id,
      name,
      createdAt: this.region.now(),
      status,
      isProtected: false,
      parameters: {},
      tags: {},
      resources: {},
      events: [],
      changeSets: {},
    };
    this.setStatus(id, status);
    return this.stack(id);
  }

  change(id: string, change: Partial<StackState>): StackState {
    const changed = { ...this.stack(id), ...change };
    this.state().stacks[id] = changed;
    return changed;
  }

  /** Sets the stack's own status, with its event. */
  setStatus(id: string, status: string, reason?: string): void {
    const stack = without(this.stack(id), 'reason');
    this.state().stacks[id] = { ...stack, status, ...(reason !== undefined && { reason }) };
    this.note(id, { logicalId: stack.name, ref: id, type: stackType }, status, reason);
  }

  private note(
    id: string,
    { logicalId, ref, type }: Pick<StackEvent, 'logicalId' | 'ref' | 'type'>,
    status: string,
    reason?: string,
  ): void {
    const event: StackEvent = {
      id: this.region.newId(),
      at: this.region.now(),
      logicalId,
      ref,
      type,
      status,
      ...(reason !== undefined && { reason }),
    };
    this.change(id, { events: [...this.stack(id).events, event] });
  }

  private noteResource(id: string, { resource }: Operation, status: string, reason?: string): void {
    this.note(id, resource, status, reason);
    const noted: StackResource = {
      ...resource,
      status,
      updatedAt: this.region.now(),
      ...(reason !== undefined && { reason }),
    };
    const { resources } = this.stack(id);
    // The one that replaced it has the same logical id.
    if (status.startsWith('DELETE') && resources[resource.logicalId]?.ref !== resource.ref) return;
    this.change(id, { resources: { ...resources, [resource.logicalId]: noted } });
  }

  /** Whether something of that type and name is in the account that this stack did not make. */
  exists(id: string, resource: Operation['resource']): boolean {
    const own = this.find(id)?.resources[resource.logicalId];
    const isOwn = own?.ref === resource.ref && !/^CREATE_(IN_PROGRESS|FAILED)$/.test(own.status);
    return !isOwn && isThere(resource, this.region, this.roles());
  }

  private planned(act: PlannedFailure['act']): void {
    const state = this.state();
    const counted = state.failures.map((one) => (one.act === act ? { ...one, number: one.number - 1 } : one));
    const due = counted.find(({ number }) => number === 0);
    state.failures = counted.filter(({ number }) => number > 0);
    if (due) throw new AwsError('GeneralServiceException', due.reason);
  }

  /** The stack's resources as creators see them: with this one, and without those that are gone. */
  private view(id: string, more?: Operation['resource']): Stack {
    const present = Object.values(this.stack(id).resources).filter(
      ({ logicalId, status }) => logicalId !== more?.logicalId && !/^DELETE|^CREATE_FAILED/.test(status),
    );
    return { region: this.region, roles: this.roles(), resources: more ? [...present, more] : present };
  }

  private async perform(id: string, operation: Operation, work: Work): Promise<void> {
    const { act, resource } = operation;
    this.planned(work.kind === 'rollback' ? 'roll back' : act);
    if (act === 'delete') {
      if (isRetained(resource) || work.retain?.includes(resource.logicalId)) return;
      // It is on its way out, so that the view lacks it.
      if (nameless.has(resource.type))
        return renewNameless(this.view(id), Object.values(this.stack(id).resources));
      remove(resource, this.region, this.roles());
      return;
    }
    if (act === 'create' && this.exists(id, resource)) throw taken(resource);
    await put(resource, this.view(id, resource), Object.values(this.stack(id).resources));
  }

  private isSkipped(operation: Operation, { retain = [] }: Work): boolean {
    const { act, resource } = operation;
    return act === 'delete' && (isRetained(resource) || retain.includes(resource.logicalId));
  }

  /** @returns why it failed; undefined if it went well */
  private async attempt(id: string, operation: Operation, work: Work): Promise<string | undefined> {
    const { act, resource } = operation;
    if (!this.isSkipped(operation, work)) this.noteResource(id, operation, inProgress[act]);
    try {
      await this.perform(id, operation, work);
    } catch (error) {
      const reason = inWords(error);
      this.noteResource(id, operation, ended(act, 'FAILED'), reason);
      return reason;
    }
    if (act !== 'delete') this.noteResource(id, operation, ended(act, 'COMPLETE'));
    else {
      this.noteResource(
        id,
        operation,
        this.isSkipped(operation, work) ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE',
      );
      const { [resource.logicalId]: left, ...others } = this.stack(id).resources;
      if (left?.ref === resource.ref) this.change(id, { resources: others });
    }
    return undefined;
  }

  /** Begins work; its operations are due one after the other. */
  begin(id: string, status: string, work: Work, reason?: string): void {
    this.change(id, { work });
    this.setStatus(id, status, reason);
    this.next(id);
  }

  private next(id: string): void {
    this.region.schedule(operationMs, 'cloudformation', 'step', { id });
  }

  /** Does the work's next operation, or ends the work. */
  async step(id: string): Promise<void> {
    const { work } = this.stack(id);
    if (!work) return;
    const operation = work.operations[work.next];
    if (!operation) return this.end(id, work);
    const failure = await this.attempt(id, operation, work);
    if (failure !== undefined && this.fails(id, work, operation)) return;
    this.change(id, { work: { ...work, next: work.next + 1 } });
    this.next(id);
  }

  /** All of the work at once, without time passing. @returns what failed, by logical id */
  async workNow(id: string, work: Work): Promise<readonly (readonly [Operation['resource'], string])[]> {
    const failures: (readonly [Operation['resource'], string])[] = [];
    for (const operation of work.operations) {
      const failure = await this.attempt(id, operation, work);
      if (failure !== undefined) failures.push([operation.resource, failure]);
    }
    return failures;
  }

  /** @returns whether the work ends here; a removal goes on with what is left. */
  private fails(id: string, work: Work, operation: Operation): boolean {
    const { act, resource } = operation;
    const ids = [resource.logicalId];
    if (work.kind === 'create' || work.kind === 'update') {
      const of = work.kind;
      const done = work.operations.slice(0, work.next);
      // What could not be made is nobody's, or another's.
      const failed: Operation =
        act === 'update' ? operation : { act: 'import', resource: { ...resource, deletionPolicy: 'Retain' } };
      this.begin(
        id,
        of === 'create' ? 'ROLLBACK_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS',
        { kind: 'rollback', of, operations: rollbackOf([...done, failed]), next: 0 },
        failedWords(act === 'import' ? 'create' : act, ids),
      );
      return true;
    }
    if (work.kind === 'rollback' && work.of === 'update' && act === 'update') {
      // It can be continued from here.
      this.setStatus(id, 'UPDATE_ROLLBACK_FAILED', failedWords('update', ids));
      return true;
    }
    return false;
  }

  private async end(id: string, work: Work): Promise<void> {
    const { cleanup } = this.stack(id);
    const rest = without(this.stack(id), 'work', 'cleanup');
    const notDeleted = Object.values(rest.resources)
      .filter(({ status }) => status === 'DELETE_FAILED')
      .map(({ logicalId }) => logicalId);
    const { template, parameters } = work;
    this.state().stacks[id] = {
      ...rest,
      updatedAt: this.region.now(),
      ...(template && { template }),
      ...(parameters && { parameters }),
    };
    const failures = notDeleted.length > 0 ? failedWords('delete', notDeleted) : undefined;
    switch (work.kind) {
      case 'create':
        return this.setStatus(id, 'CREATE_COMPLETE');
      case 'cleanup':
        await renewNameless(this.view(id), Object.values(rest.resources));
        return this.setStatus(id, 'UPDATE_COMPLETE');
      case 'update':
        return this.cleanUp(id, cleanup);
      case 'rollback':
        await renewNameless(this.view(id), Object.values(rest.resources));
        if (work.of === 'update') return this.setStatus(id, 'UPDATE_ROLLBACK_COMPLETE');
        return this.setStatus(id, failures === undefined ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', failures);
      case 'delete':
        if (failures !== undefined) return this.setStatus(id, 'DELETE_FAILED', failures);
        this.change(id, { deletedAt: this.region.now() });
        return this.setStatus(id, 'DELETE_COMPLETE');
    }
  }

  /** What a finished update no longer needs. */
  private cleanUp(id: string, operations: readonly Operation[] = []): void {
    if (operations.length === 0) this.setStatus(id, 'UPDATE_COMPLETE');
    else this.begin(id, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', { kind: 'cleanup', operations, next: 0 });
  }

  /** Removes the stack; what its template retains stays. */
  remove(id: string, retain: readonly string[]): void {
    const operations = removalOf(Object.values(this.stack(id).resources));
    this.begin(id, 'DELETE_IN_PROGRESS', { kind: 'delete', operations, next: 0, retain });
  }
}
