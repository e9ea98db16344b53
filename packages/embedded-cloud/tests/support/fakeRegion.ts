import type { Faults } from '../../src/core/faults';
import type { BusEvent, Caller, Region, Service, Services, Span, Timings } from '../../src/core/service';

/** 2026-11-22T08:00:00Z, a Sunday. */
export const startAt = Date.UTC(2026, 10, 22, 8);

export const person: Caller = { kind: 'person', arn: 'arn:aws:iam::123456789012:user/ada', name: 'ada' };

export const timings: Timings = {
  apiMs: 0,
  coldStartMs: 400,
  warmStartMs: 15,
  warmForMs: 600_000,
  transitionMs: 25,
  eventMs: 500,
  queueMs: 20,
  spread: 0,
  bootMs: 30_000,
  agentMs: 20_000,
  applicationStartMs: 30_000,
  imageMs: 300_000,
  imageCopyMs: 300_000,
  commandMs: 120_000,
  terminateMs: 40_000,
};

/** A region without a cloud. Its agenda advances only on request, and it records what was sent. */
export interface FakeRegion extends Region {
  readonly events: BusEvent[];
  readonly spans: Span[];
  readonly services: Record<string, Service>;
  /** Adds a service, or a stand-in with only the methods that the test needs. */
  add<Made extends object>(name: string, service: Made): Made;
  /** Runs everything that is due within `ms`, in order, and sets the clock to the end. */
  advance(ms: number): Promise<void>;
  /** Makes one call as the given caller (a person by default). IAM permissions are not checked. */
  send<Output>(service: string, action: string, input: unknown, caller?: Caller): Promise<Output>;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly service: string;
  readonly kind: string;
  readonly payload: unknown;
}

/** A small deterministic generator (mulberry32), sufficient for tests. */
const generator = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const makeChance = (seed: number): Region['chance'] => {
  const next = generator(seed);
  return {
    next,
    around: (middle, spread = 0) => middle * (1 + spread * (2 * next() - 1)),
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (list) => {
      const picked = list[Math.floor(next() * list.length)];
      if (picked === undefined) throw new Error('Nothing to pick from.');
      return picked;
    },
  };
};

export const makeFakeRegion = (
  options: { name?: string; timings?: Partial<Timings>; seed?: number; faults?: Faults } = {},
): FakeRegion => {
  const name = options.name ?? 'eu-west-1';
  const account = '123456789012';
  const services: Record<string, Service> = {};
  const events: BusEvent[] = [];
  const spans: Span[] = [];
  let agenda: Due[] = [];
  let now = startAt;
  let counter = 0;
  const next = () => (counter += 1).toString(16);

  const region: FakeRegion = {
    name,
    account,
    partition: 'aws',
    chance: makeChance(options.seed ?? 1),
    chanceOf: () => makeChance(options.seed ?? 1),
    faults: options.faults ?? {},
    timings: { ...timings, ...options.timings },
    events,
    spans,
    services,
    now: () => now,
    newId: (prefix) =>
      prefix === undefined
        ? `00000000-0000-4000-8000-${next().padStart(12, '0')}`
        : `${prefix}${next().padStart(17, '0')}`,
    arn: (service, resource) => `arn:aws:${service}:${name}:${account}:${resource}`,
    schedule: (delayMs, service, kind, payload) => {
      agenda.push({
        at: now + Math.max(0, delayMs),
        order: (counter += 1),
        service,
        kind,
        payload: structuredClone(payload),
      });
    },
    service: <Name extends keyof Services>(wanted: Name) => services[String(wanted)] as Services[Name],
    publish: (event) => void events.push(structuredClone(event)),
    call: (caller, service, action, input) => region.send(service, action, input, caller),
    span: (span) => void spans.push(span),
    other: () => undefined,
    add: (called, service) => {
      // A stand-in has only the methods that its test needs.
      services[called] = service as unknown as Service;
      return service;
    },
    advance: async (ms) => {
      const until = now + ms;
      for (;;) {
        const [due] = agenda.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order);
        if (!due) break;
        agenda = agenda.filter((entry) => entry !== due);
        now = due.at;
        await services[due.service]?.due(due.kind, due.payload);
      }
      now = until;
    },
    send: async <Output>(service: string, action: string, input: unknown, caller: Caller = person) => {
      const found = services[service]?.actions[action];
      if (!found) throw new Error(`No action ${service}:${action}.`);
      return structuredClone(await found.run(structuredClone(input), region, caller)) as Output;
    },
  };
  return region;
};
