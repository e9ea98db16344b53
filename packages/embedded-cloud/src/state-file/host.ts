import type { Cloud } from '../cloud/cloud';
import { AwsError } from '../core/errors';
import { outagesOf } from '../core/faults';
import type { StateFilePlace } from './client';
import { isUnderWay, readStateFile, writeStateFile, type StateFile } from './file';
import type { CloudFactory } from './cloudFactory';
import { takeLock } from './lock';
import { StateFileOutdated } from './outdated';
import type { Command, Failure, Journaled, Reply, Shown } from './protocol';

const failureOf = (error: unknown): Failure => {
  if (error instanceof AwsError)
    return { aws: true, name: error.code, message: error.message, details: error.details };
  const { name, message, code } = error as Error & { readonly code?: unknown };
  return { aws: false, name, message, details: code === undefined ? {} : { code } };
};

const defaultSeed = 1;

/** The cloud's side of a state file: runs commands one after the other and keeps the journal. */
export class Host {
  private cloud: Cloud | undefined;
  private description: unknown;
  private snapshot: StateFile['snapshot'] | undefined;
  private journal: StateFile['journal'][number][] = [];
  private unlock: (() => void) | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly place: StateFilePlace,
    private readonly factory: CloudFactory,
  ) {}

  /** Never rejects: an error is returned as a reply. */
  handle(command: Command): Promise<Reply> {
    const done = this.last.then(async (): Promise<Reply> => {
      try {
        const answer = await this.perform(command);
        return { answer, home: this.cloud?.home ?? '', now: this.cloud?.now() ?? 0 };
      } catch (error) {
        return { error: failureOf(error) };
      }
    });
    this.last = done;
    return done;
  }

  private async perform(command: Command): Promise<unknown> {
    switch (command.kind) {
      case 'open':
        return this.open();
      case 'show':
        return this.show();
      case 'actions':
        return this.actions();
      case 'reset':
        return this.reset(command.description, command.seed ?? defaultSeed);
      case 'save':
        this.save();
        return undefined;
      case 'close':
        this.close();
        return undefined;
      default:
        return this.journaled(command);
    }
  }

  /** Commands that fail with an AWS error are part of the run. They are replayed like all others. */
  private async journaled(command: Journaled): Promise<unknown> {
    this.journal.push({ at: this.theCloud.now(), command });
    return this.run(command);
  }

  private async run(command: Journaled): Promise<unknown> {
    const cloud = this.theCloud;
    switch (command.kind) {
      case 'advance':
        return cloud.advance(command.ms);
      case 'outages':
        // Outages are not saved: a quiet cloud is saved without them.
        cloud.faults = { ...cloud.faults, ...outagesOf(command.plans) };
        return undefined;
      case 'putEvent':
        return cloud.run(() => cloud.putEvent(command.region, command.event));
      case 'request': {
        const { region, request } = command;
        const lambda = cloud.region(region).service('lambda');
        const { status, body } = await cloud.run(() => lambda.request(request));
        return { status, body: Buffer.from(body).toString() };
      }
      case 'call': {
        const { region, service, action, input } = command;
        return cloud.run(() => cloud.answer(region, cloud.person(), service, action, input));
      }
    }
  }

  private actions(): Record<string, string[]> {
    const { home } = this.theCloud;
    const names = Object.keys(this.theCloud.states()[home] ?? {});
    return Object.fromEntries(
      names.map((name) => [name, Object.keys(this.theCloud.service(home, name).actions).sort()]),
    );
  }

  private async open(): Promise<void> {
    this.unlock = takeLock(this.place.file, this.place.holder);
    const { file: path, fresh } = this.place;
    try {
      const file = fresh ? undefined : readStateFile(path, this.factory.resetCommand);
      if (file) await this.restore(file);
      else await this.reset(fresh?.description, fresh?.seed ?? defaultSeed);
    } catch (error) {
      this.giveBack();
      throw error;
    }
  }

  private async restore(file: StateFile): Promise<void> {
    const isOtherBuild = file.buildHash !== this.factory.buildHash;
    if (isOtherBuild && isUnderWay(file))
      throw new StateFileOutdated(
        `${this.place.file} holds executions that were started by another build of the functions ` +
          `(${file.buildHash}, now ${this.factory.buildHash}). Make a new embedded cloud with "${this.factory.resetCommand}".`,
      );
    this.description = file.description;
    this.cloud = await this.factory.restore(file.snapshot, isOtherBuild);
    // After an update the journal starts with a new snapshot. The file gets the new build's hash, so an old
    // snapshot would not be updated again.
    this.snapshot = isOtherBuild ? this.cloud.snapshot() : file.snapshot;
    this.journal = [];
    for (const { at, command } of file.journal) {
      if (this.cloud.now() !== at)
        throw new Error(
          `The replay of ${this.place.file} is at ${String(this.cloud.now())}, not at ${String(at)}.`,
        );
      this.journal.push({ at, command });
      // It fails in the replay as it failed before.
      await this.run(command).catch(() => undefined);
    }
  }

  private async reset(description: unknown, seed: number): Promise<void> {
    this.cloud = await this.factory.make(description, seed);
    this.description = description;
    this.journal = [];
    this.snapshot = this.cloud.snapshot();
    this.save();
  }

  /** Saves a new snapshot if nothing is running, else the last one and the commands since then. */
  private save(): void {
    const cloud = this.theCloud;
    if (cloud.quiet()) {
      this.snapshot = cloud.snapshot();
      this.journal = [];
    }
    if (!this.snapshot) return;
    writeStateFile(this.place.file, {
      format: 1,
      buildHash: this.factory.buildHash,
      seed: cloud.seed,
      ...(this.description !== undefined && { description: this.description }),
      snapshot: this.snapshot,
      journal: this.journal,
    });
  }

  private close(): void {
    try {
      if (this.cloud) this.save();
    } finally {
      this.giveBack();
    }
  }

  private giveBack(): void {
    this.unlock?.();
    this.unlock = undefined;
  }

  private show(): Shown {
    const cloud = this.theCloud;
    return {
      now: cloud.now(),
      startAt: cloud.startAt,
      seed: cloud.seed,
      description: this.description,
      regions: cloud.states(),
      counters: cloud.calls.counters,
      calls: cloud.calls.list,
      meters: cloud.meters,
      spans: cloud.spans,
      cost: cloud.cost(),
    };
  }

  private get theCloud(): Cloud {
    if (!this.cloud) throw new Error('The embedded cloud is not open.');
    return this.cloud;
  }
}
