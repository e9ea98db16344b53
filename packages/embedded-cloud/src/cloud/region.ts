import type { Faults } from '../core/faults';
import type { BusEvent, Caller, Region, Service, Services, Span, Timings } from '../core/service';
import { put, type AgendaState } from '../core/agenda';
import { answerCall, callInside, type Call, type CallContext, type Destination, type Judge } from './calls';
import type { Chances } from '../core/chance';
import { hexadecimal, uuid } from '../core/chance';
import { heldMs } from '../core/outage';
import type { Clock } from '../core/clock';
import type { Calls, RecordState } from './record';
import type { SeededWorld } from '../core/world';
import type { Bucket } from './throttling';
import type { ThrottlingPlan } from './troubles';

/** Creates a service for a region; `src/services` has a file for each service. */
export type ServiceFactory = (region: Region) => Service;

/** What the regions of a cloud share. */
export interface Shared {
  readonly account: string;
  readonly clock: Clock;
  readonly chances: Chances;
  readonly world: SeededWorld;
  readonly timings: Timings;
  readonly calls: Calls;
  readonly judge: Judge;
  readonly faults: () => Faults;
  readonly throttling: () => readonly ThrottlingPlan[];
  readonly agenda: () => AgendaState;
  readonly record: () => RecordState;
  /** Called when the agenda's first entry has changed. */
  readonly arm: () => void;
  readonly region: (name: string) => LocalRegion | undefined;
}

/** The saved part of a region. */
export interface RegionState {
  readonly services: Record<string, unknown>;
  readonly buckets: Record<string, Bucket>;
}

/** One region: its services, and the view that each of them has of it. */
export class LocalRegion {
  private readonly services = new Map<string, Service>();
  private readonly views = new Map<string, Region>();
  private buckets: Record<string, Bucket> = {};
  private readonly context: CallContext;
  private readonly destination: Destination;
  /** Calls that have not been answered yet. */
  private open = 0;

  constructor(
    readonly name: string,
    private readonly shared: Shared,
    factories: Readonly<Record<string, ServiceFactory>>,
  ) {
    const { clock, chances, faults, throttling, timings, judge, record } = shared;
    this.context = {
      clock,
      chances,
      faults,
      throttling,
      timings,
      judge,
      record,
      log: () => (shared.calls.isListing ? (call) => void shared.calls.list.push(call) : undefined),
    };
    this.destination = {
      name,
      service: (service) => this.services.get(service),
      view: (service) => this.view(service),
      buckets: () => this.buckets,
    };
    for (const [service, make] of Object.entries(factories))
      this.services.set(service, make(this.view(service)));
  }

  /** Answers a client's call: latency, faults, permission, throttling, action. */
  async answer(call: Call): Promise<unknown> {
    this.open += 1;
    try {
      return await answerCall(this.context, this.destination, call);
    } finally {
      this.open -= 1;
    }
  }

  /** Passes a due entry of the agenda to its service. While the service is down, the entry waits. */
  due(service: string, kind: string, payload: unknown): void {
    const now = this.shared.clock.now();
    const waitMs = heldMs(this.shared.faults(), { region: this.name, service, now });
    if (waitMs !== undefined) {
      this.schedule(waitMs, service, kind, payload);
      return;
    }
    const owner = this.services.get(service);
    const failed = (error: unknown) => {
      this.shared.clock.fail(error);
    };
    if (!owner) {
      failed(new Error(`The agenda holds ${kind} for ${service}, which ${this.name} does not have.`));
      return;
    }
    Promise.resolve()
      .then(() => owner.due(kind, payload))
      .catch(failed);
  }

  /** Whether nothing is running here that cannot be saved: no open call, no code of a function, no execution. */
  quiet(): boolean {
    return this.open === 0 && [...this.services.values()].every((service) => service.quiet?.() ?? true);
  }

  /** Drops what is not state, so that a cloud that goes on and a restored one behave alike. */
  renew(): void {
    for (const service of this.services.values()) service.renew?.();
  }

  snapshot(): RegionState {
    const services = [...this.services].map(([name, service]) => [name, service.state] as const);
    return { services: Object.fromEntries(services), buckets: this.buckets };
  }

  restore(state: RegionState): void {
    this.buckets = state.buckets;
    for (const [name, saved] of Object.entries(state.services)) {
      const service = this.services.get(name);
      if (service) service.state = saved;
    }
  }

  /** The region as a service sees it, with a stream of chance and of ids of its own. */
  view(service: string): Region {
    const known = this.views.get(service);
    if (known) return known;
    const made = this.makeView(service);
    this.views.set(service, made);
    return made;
  }

  private makeView(owner: string): Region {
    const { shared, name, services } = this;
    const ids = shared.chances.stream(`ids/${name}/${owner}`);
    return {
      name,
      account: shared.account,
      partition: 'aws',
      chance: shared.chances.stream(`service/${name}/${owner}`),
      chanceOf: (subject) => shared.chances.stream(`service/${name}/${owner}/${subject}`),
      timings: shared.timings,
      get faults() {
        return shared.faults();
      },
      now: () => shared.clock.now(),
      newId: (prefix) => (prefix === undefined ? uuid(ids) : prefix + hexadecimal(ids, 17)),
      arn: (service, resource) => `arn:aws:${service}:${name}:${shared.account}:${resource}`,
      schedule: (delayMs, service, kind, payload) => {
        this.schedule(delayMs, service, kind, payload);
      },
      service: <Name extends keyof Services>(wanted: Name): Services[Name] => {
        const found = services.get(String(wanted));
        if (!found) throw new Error(`The embedded cloud has no service ${String(wanted)}.`);
        return found;
      },
      publish: (event) => {
        this.publish(event);
      },
      call: <Output>(caller: Caller, service: string, action: string, input: unknown) =>
        callInside(this.context, this.destination, { caller, service, action, input }) as Promise<Output>,
      span: (span: Span) => {
        shared.record().spans.push(span);
      },
      meter: (meter, quantity) => {
        const { meters } = shared.record();
        meters[meter] = (meters[meter] ?? 0) + quantity;
      },
      other: (wanted) => shared.region(wanted)?.view(owner),
    };
  }

  private schedule(delayMs: number, service: string, kind: string, payload: unknown): void {
    const at = this.shared.clock.now() + Math.max(0, Math.round(delayMs));
    const isFirst = put(this.shared.agenda(), { at, region: this.name, service, kind, payload });
    if (isFirst) this.shared.arm();
  }

  private publish(event: BusEvent): void {
    const bus = this.services.get('events') as { put?: (event: BusEvent) => void } | undefined;
    bus?.put?.(event);
  }
}
