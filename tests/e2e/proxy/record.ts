import type { Call } from './call';

/** Who answered: an emulator, or this run itself if no emulator can (tests/e2e/played.ts). */
export type Answerer = 'ministack' | 'moto' | 'played';

export interface Seen extends Call {
  readonly emulator: Answerer;
  readonly status: number;
  readonly error: string | undefined;
}

/** One line of `.build/e2e/calls.json`: all equal calls of a run. */
export interface CallLine {
  readonly service: string;
  readonly action: string;
  readonly emulator: Answerer;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** The error code, if the call was refused. */
  readonly error?: string;
  readonly count: number;
}

/** The codes that emulators answer for an unknown action. */
const unknownCodes = new Set(['501', 'NotImplemented', 'UnknownOperationException', 'InvalidAction']);

/** All calls of a run. */
export class CallRecord {
  readonly #seen: Seen[] = [];

  add(seen: Seen): void {
    this.#seen.push(seen);
  }

  get all(): readonly Seen[] {
    return this.#seen;
  }

  /** One line for each kind of call, sorted. */
  lines(): CallLine[] {
    const counts = new Map<string, CallLine>();
    for (const { service, action, emulator, status, error } of this.#seen) {
      const key = [service, action, emulator, error ?? status].join(' ');
      const outcome = error === undefined ? { status } : { error };
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { service, action, emulator, ...outcome, count });
    }
    return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  }

  /** Actions that no emulator knows: `servicequotas:GetServiceQuota (moto: NotImplemented)`. */
  unknown(): string[] {
    return this.lines()
      .filter(({ error }) => error !== undefined && unknownCodes.has(error))
      .map(({ service, action, emulator, error }) => `${service}:${action} (${emulator}: ${error ?? ''})`);
  }
}
