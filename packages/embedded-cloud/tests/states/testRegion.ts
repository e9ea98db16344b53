import { AwsError } from '../../src/core/errors';
import { noFaults, type Faults } from '../../src/core/faults';
import { evaluateStatements } from '../../src/iam/judge';
import type { Statement } from '../../src/iam/statement';
import type { AnyAction, BusEvent, Caller, Region, Requirement, Service } from '../../src/core/service';

interface Entry {
  readonly at: number;
  readonly seq: number;
  readonly service: string;
  readonly kind: string;
  readonly payload: unknown;
}

export type TestFunction = (event: unknown) => Promise<unknown>;

export const startAt = Date.UTC(2026, 10, 22, 8);
export const person: Caller = { kind: 'person', arn: 'arn:aws:iam::111122223333:user/ada', name: 'ada' };

/**
 * A region for tests of single services. The agenda is advanced by hand, and functions are closures. There are no
 * timers, and durations have no spread.
 */
export class TestRegion {
  now = startAt;
  faults: Faults = noFaults;
  entries: Entry[] = [];
  published: BusEvent[] = [];
  functions: Record<string, TestFunction> = {};
  roles: Record<string, readonly Statement[]> = {};
  /** The value of `chance.next()`. */
  chance = 0.5;
  readonly services: Record<string, Service> = {};
  private seq = 0;
  private ids = 0;

  // The parts of a region that single services use.
  readonly region = {
    name: 'eu-west-1',
    account: '111122223333',
    partition: 'aws',
    chance: { next: () => this.chance, around: (middle: number) => middle },
    chanceOf: () => ({ next: () => this.chance, around: (middle: number) => middle }),
    timings: { transitionMs: 25, eventMs: 500, queueMs: 20, spread: 0 },
    now: () => this.now,
    newId: (prefix = '') => `${prefix}id-${String(++this.ids)}`,
    arn: (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`,
    schedule: (delayMs: number, service: string, kind: string, payload: unknown) => {
      const copy = JSON.parse(JSON.stringify(payload)) as unknown;
      this.entries.push({ at: this.now + delayMs, seq: ++this.seq, service, kind, payload: copy });
    },
    service: (name: string) => this.services[name],
    publish: (event: BusEvent) => this.published.push(event),
    call: (caller: Caller, service: string, action: string, input: unknown) =>
      this.call(service, action, input, caller),
  } as unknown as Region;

  constructor() {
    Object.defineProperty(this.region, 'faults', { get: () => this.faults });
    this.services.lambda = this.lambda();
  }

  async call(service: string, name: string, input: unknown, caller = person): Promise<never> {
    const action = this.services[service]?.actions[name];
    if (!action) throw new Error(`no action ${name}`);
    this.authorize(caller, action.requires(input, this.region, caller));
    // Callers know the output type of the action that they name.
    return (await action.run(input, this.region, caller)) as never;
  }

  /** Lets time pass to the end of the agenda, at most `limitMs`. */
  async pass(limitMs = 10 * 365 * 86_400_000): Promise<void> {
    const end = this.now + limitMs;
    await settle();
    for (;;) {
      this.entries.sort((a, b) => a.at - b.at || a.seq - b.seq);
      const next = this.entries[0];
      if (!next || next.at > end) break;
      this.entries.shift();
      this.now = next.at;
      void this.services[next.service]?.due(next.kind, next.payload);
      await settle();
    }
    this.now = end;
  }

  private authorize(caller: Caller, requirements: readonly Requirement[]): void {
    if (caller.kind !== 'function') return;
    const verdict = evaluateStatements(this.roles[caller.arn] ?? [], requirements);
    if (verdict.allowed) return;
    const message = `not authorized to perform: ${verdict.requirement.action}`;
    throw new AwsError('AccessDeniedException', message, { statusCode: 403 });
  }

  private async run(nameOrArn: string, event: unknown) {
    const work = this.functions[nameOrArn.split(':').at(-1) ?? ''];
    if (!work)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, {
        statusCode: 404,
      });
    try {
      return { payload: (await work(JSON.parse(JSON.stringify(event)))) ?? null };
    } catch (error) {
      return {
        error: { errorType: (error as Error).name, errorMessage: (error as Error).message, trace: [] },
      };
    }
  }

  private lambda(): Service {
    const invoke: AnyAction = {
      requires: ({ FunctionName }: { FunctionName: string }) => [
        { action: 'lambda:InvokeFunction', resource: FunctionName },
      ],
      run: async ({ FunctionName, Payload }: { FunctionName: string; Payload: Uint8Array }) => {
        const outcome = await this.run(FunctionName, JSON.parse(Buffer.from(Payload).toString()));
        const failed = 'error' in outcome;
        return {
          StatusCode: 200,
          Payload: Buffer.from(JSON.stringify(failed ? outcome.error : outcome.payload)),
          ...(failed ? { FunctionError: 'Unhandled' } : {}),
        };
      },
    };
    const service = {
      state: {},
      actions: { Invoke: invoke },
      due: () => undefined,
      invoke: (name: string, event: unknown) => this.run(name, event),
      invokeAsync: (name: string, event: unknown) => void this.run(name, event),
    };
    return service;
  }
}

/** Lets promises settle that need no timer. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
