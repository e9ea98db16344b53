import type { ClientClass } from '../sdk/connect';
import { connect } from '../sdk/connect';
import { noFaults, type Faults } from '../core/faults';
import type { Caller, Region, Service, Span, Timings } from '../core/service';
import type { Ec2State } from '../ec2/state';
import { emptyAgenda, takeDue, type AgendaState } from '../core/agenda';
import { Chances, type ChanceState } from '../core/chance';
import { Clock } from '../core/clock';
import { deepCopy } from '../core/copy';
import { irelandPrices } from './listPrices';
import { type Cost, type PriceList, priceOf } from './pricing';
import { LocalRegion, type ServiceFactory, type RegionState, type Shared } from './region';
import { Calls, emptyRecord, type RecordState } from './record';
import { allFactories } from './services';
import { defaultTimings } from '../core/timings';
import { putCustomEvent, type CustomEvent } from './customEvent';
import { policyUseObserver } from './observers';
import { setQuotas } from '../servicequotas/set';
import { judgeBy } from './roles';
import type { Roles } from '../iam/roles';
import { Beset, type Troubles } from './troubles';
import { countEveryMs, countOn, extraHours, runningOf, storedGbMonths } from './usage';
import { seededWorld } from '../core/world';

export interface CloudOptions {
  readonly seed?: number;
  /** Epoch milliseconds; 2026-11-22T08:00Z by default. */
  readonly startAt?: number;
  /** The first is the home region, where people work by default. */
  readonly regions?: readonly string[];
  /** Twelve digits. */
  readonly account?: string;
  readonly faults?: Faults;
  readonly timings?: Partial<Timings>;
  /** What AWS charges; list prices of Ireland by default. */
  readonly prices?: PriceList;
  /** By Service Quotas' codes, in every region: what limits an account before anything is made in it. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** The services of each region; by default all that exist. */
  readonly services?: Factories | ((cloud: Cloud, shared: Shared) => Factories);
}

/** How the services of a region are made, by IAM prefix. */
export type Factories = Readonly<Record<string, ServiceFactory>>;

/** A whole cloud as plain JSON. It has the counters of calls, but not their list. */
export interface CloudState {
  readonly format: 1;
  readonly seed: number;
  readonly startAt: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly account: string;
  readonly timings: Timings;
  readonly chance: ChanceState;
  readonly agenda: AgendaState;
  readonly roles: Roles;
  readonly record: RecordState;
  /** Missing where nothing was described to go wrong. */
  readonly troubles?: Troubles;
  readonly regions: Record<string, RegionState>;
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The embedded cloud: regions with their services on one virtual clock.
 *
 * Time passes only inside {@link advance}, {@link runUntil} and {@link run}. Code that makes SDK calls of its own must
 * therefore be awaited through `run`, which lets time pass until the calls are answered.
 */
export class Cloud {
  readonly calls: Calls;
  /** What goes wrong; may be changed between runs. */
  faults: Faults;
  readonly account: string;
  readonly timings: Timings;
  private readonly prices: PriceList;
  private readonly clock: Clock;
  private readonly chances: Chances;
  private readonly regions = new Map<string, LocalRegion>();
  private readonly shared: Shared;
  private agenda: AgendaState = emptyAgenda();
  private record: RecordState = emptyRecord();
  private disarm: (() => void) | undefined;
  private armedFor = Infinity;
  private readonly beset = new Beset();

  /** IAM is global: roles by ARN, as the template installs them. Plain JSON. */
  roles: Roles = {};

  static make(options: CloudOptions = {}): Cloud {
    const startAt = options.startAt ?? Date.UTC(2026, 10, 22, 8);
    const cloud = new Cloud(options, startAt, startAt, {});
    for (const name of cloud.regionNames) setQuotas(cloud.region(name), options.quotas ?? {});
    return cloud;
  }

  /** Restores a cloud from a {@link snapshot}. Faults, prices and services are not part of it and are passed again. */
  static restore(
    state: CloudState,
    options: Pick<CloudOptions, 'faults' | 'prices' | 'services'> = {},
  ): Cloud {
    const { seed, account, timings, startAt, now } = state;
    const regions = Object.keys(state.regions);
    const cloud = new Cloud({ ...options, seed, account, timings, regions }, startAt, now, state.chance);
    const { agenda, roles, record, troubles, regions: saved } = deepCopy(state);
    Object.assign(cloud, { agenda, roles, record });
    if (troubles) cloud.besetWith(troubles);
    for (const [name, region] of Object.entries(saved)) cloud.regions.get(name)?.restore(region);
    cloud.arm();
    return cloud;
  }

  private constructor(
    options: CloudOptions,
    readonly startAt: number,
    now: number,
    chance: ChanceState,
  ) {
    this.chances = new Chances(options.seed ?? 1, chance);
    const world = seededWorld(this.chances.stream('functions'));
    this.clock = new Clock(now, world);
    this.calls = new Calls(() => this.record);
    this.faults = options.faults ?? noFaults;
    this.account = options.account ?? '111122223333';
    this.prices = options.prices ?? irelandPrices;
    this.timings = { ...defaultTimings, ...options.timings };
    this.shared = {
      account: this.account,
      clock: this.clock,
      chances: this.chances,
      world,
      timings: this.timings,
      calls: this.calls,
      judge: judgeBy(() => this.roles, policyUseObserver()),
      faults: () => this.beset.faults(this.faults),
      throttling: () => this.beset.troubles?.throttling ?? [],
      agenda: () => this.agenda,
      record: () => this.record,
      arm: () => {
        this.arm();
      },
      region: (name) => this.regions.get(name),
    };
    const { services = allFactories } = options;
    const factories = typeof services === 'function' ? services(this, this.shared) : services;
    for (const name of options.regions ?? ['eu-west-1'])
      this.regions.set(name, new LocalRegion(name, this.shared, factories));
  }

  get seed(): number {
    return this.chances.seed;
  }

  get regionNames(): readonly string[] {
    return [...this.regions.keys()];
  }

  /** The first region, where people work by default. */
  get home(): string {
    const [first] = this.regions.keys();
    if (first === undefined) throw new Error('The embedded cloud has no region.');
    return first;
  }

  /** Epoch milliseconds of virtual time. */
  now(): number {
    return this.clock.now();
  }

  /** @throws Error if this cloud does not have the region */
  region(name: string): Region {
    return this.local(name).view('cloud');
  }

  /** For the description, which fills states, and for tests. */
  service(regionName: string, name: string): Service {
    return this.region(regionName).service(name);
  }

  person(name = 'engineer'): Caller {
    return { kind: 'person', arn: `arn:aws:iam::${this.account}:user/${name}`, name };
  }

  /** A real SDK v3 client that is answered by this cloud; `caller` is a person by default. */
  connect(
    regionName: string,
    caller: Caller = this.person(),
  ): <Client>(Class: ClientClass<Client>, config?: object) => Client {
    return connect({
      region: regionName,
      answer: (region, service, action, input) => this.answer(region, caller, service, action, input),
    });
  }

  /** Lets go wrong around the account what a description says, until it is told otherwise: it is saved with the cloud. */
  besetWith(troubles: Troubles): void {
    this.beset.with(troubles);
  }

  /** Answers a client's call. `service` is the IAM prefix, `action` the command's name without `Command`. */
  async answer(
    regionName: string,
    caller: Caller,
    service: string,
    action: string,
    input: unknown,
  ): Promise<unknown> {
    const region = this.regions.get(regionName);
    if (!region)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${service}.${regionName}.amazonaws.com`), {
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
      });
    return region.answer({ caller, service, action, input });
  }

  /**
   * Puts an event on a region's default bus: as a person with `PutEvents` or, if its source begins with `aws.`, as AWS
   * itself does; callers of `PutEvents` may not use such a source. `Detail` may be an object.
   * @throws EventRefused with EventBridge's answer, UnknownRegion
   */
  async putEvent(regionName: string, event: CustomEvent): Promise<void> {
    await putCustomEvent(this.local(regionName).view('cloud'), event, (input) =>
      this.answer(regionName, this.person(), 'events', 'PutEvents', input),
    );
  }

  /** Makes timers, dates and chance of this process virtual until {@link uninstall}. `runUntil` does so by itself. */
  install(): void {
    this.clock.enter();
  }

  uninstall(): void {
    this.clock.exit();
  }

  /** Lets `ms` of virtual time pass. */
  async advance(ms: number): Promise<void> {
    await this.clock.runUntil(() => false, ms);
  }

  /** Lets time pass until `until` holds, at most `limitMs` (a day by default). @returns whether it held */
  runUntil(until: () => boolean, limitMs = dayMs): Promise<boolean> {
    return this.clock.runUntil(until, limitMs);
  }

  /** Lets time pass until `work` is settled, and returns its result. @throws Error after `limitMs` of virtual time */
  async run<Answer>(work: () => Promise<Answer>, limitMs = dayMs): Promise<Answer> {
    this.clock.enter();
    try {
      let settled = false;
      const end = () => {
        settled = true;
      };
      const running = work();
      running.then(end, end);
      if (await this.clock.runUntil(() => settled, limitMs)) return await running;
      throw new Error(`The work did not end within ${String(limitMs / 1000)} s of virtual time.`);
    } finally {
      this.clock.exit();
    }
  }

  /** Runs everything that is due now, without letting time pass. */
  async drain(): Promise<void> {
    await this.clock.runUntil(() => true, 0);
  }

  /** Each service's state, by region and IAM prefix. It is to be read, not changed. */
  states(): Record<string, Record<string, unknown>> {
    return Object.fromEntries([...this.regions].map(([name, region]) => [name, region.snapshot().services]));
  }

  /** Whether nothing is running that cannot be saved. Entries on the agenda do not count, since they are data. */
  quiet(): boolean {
    return [...this.regions.values()].every((region) => region.quiet());
  }

  get spans(): readonly Span[] {
    return this.record.spans;
  }

  /** Quantities that cost money besides calls, `stateTransitions` among them. */
  get meters(): Readonly<Record<string, number>> {
    return this.record.meters;
  }

  /** What AWS would have charged since the cloud was created. */
  cost(): Cost {
    this.countInstances();
    const meters: Record<string, number> = { ...this.record.meters };
    const add = (name: string, quantity: number) => {
      meters[name] = (meters[name] ?? 0) + quantity;
    };
    for (const count of Object.values(this.record.instances)) add('instanceHours', extraHours(count));
    for (const { ec2 } of Object.values(this.states()))
      if (ec2) add('imageGbMonths', storedGbMonths(ec2 as Ec2State, this.startAt, this.now()));
    return priceOf({ counters: this.record.counters, meters }, this.prices);
  }

  /**
   * The whole cloud as plain JSON. Warm sandboxes are dropped, so that this cloud and the restored one go on alike.
   * @throws Error while something runs that cannot be saved ({@link quiet})
   */
  snapshot(): CloudState {
    if (!this.quiet())
      throw new Error('Executions are running: the embedded cloud can be saved when they have ended.');
    for (const region of this.regions.values()) region.renew();
    const regions = [...this.regions].map(([name, region]) => [name, region.snapshot()] as const);
    return deepCopy({
      format: 1,
      seed: this.chances.seed,
      startAt: this.startAt,
      now: this.now(),
      account: this.account,
      timings: this.timings,
      chance: this.chances.snapshot(),
      agenda: this.agenda,
      roles: this.roles,
      record: this.record,
      ...(this.beset.troubles && { troubles: this.beset.troubles }),
      regions: Object.fromEntries(regions),
    });
  }

  private local(name: string): LocalRegion {
    const found = this.regions.get(name);
    if (found) return found;
    throw named(
      'UnknownRegion',
      `The embedded cloud has no region ${name}; it has ${this.regionNames.join(', ')}.`,
    );
  }

  /** Sets one timer for the whole agenda, for its first entry. */
  private arm(): void {
    const first = this.agenda.entries[0];
    if (!first || first.at >= this.armedFor) return;
    this.disarm?.();
    this.armedFor = first.at;
    this.disarm = this.clock.after(first.at - this.now(), () => {
      this.deliver();
    });
  }

  private countInstances(minMs = 0): void {
    const { instances } = this.record;
    const now = this.now();
    for (const [name, region] of this.regions) {
      const before = instances[name];
      if (before && now - before.at < minMs) continue;
      const ec2 = region.snapshot().services.ec2 as Ec2State | undefined;
      if (ec2) instances[name] = countOn(before, runningOf(ec2), now);
    }
  }

  private deliver(): void {
    this.countInstances(countEveryMs);
    this.armedFor = Infinity;
    this.disarm = undefined;
    // All entries of one instant are delivered together, in their order: with a timer of its own each would come a
    // millisecond later.
    let entry = takeDue(this.agenda, this.now());
    while (entry) {
      this.regions.get(entry.region)?.due(entry.service, entry.kind, entry.payload);
      entry = takeDue(this.agenda, this.now());
    }
    this.arm();
  }
}
