import { AwsError } from '../core/errors';
import type { LambdaFunction } from './state';
import type { Sandbox } from './sandbox';

/**
 * The warm sandboxes of each function, and the number of running invocations. None of it is saved: a restored cloud
 * has cold starts.
 */
export class Pool {
  private readonly warm = new Map<string, Sandbox[]>();
  private readonly running = new Map<string, number>();

  constructor(private readonly warmForMs: number) {}

  get busy(): boolean {
    return this.running.size > 0;
  }

  /**
   * @param account the concurrency that functions without a reservation share, and which functions have one
   * @throws AwsError `TooManyRequestsException` (429) if the reserved or the account's concurrency is used up
   */
  begin(
    definition: LambdaFunction,
    account: { readonly unreserved: number; readonly isReserved: (functionName: string) => boolean },
  ): void {
    const now = this.running.get(definition.functionName) ?? 0;
    const reserved = definition.reservedConcurrency;
    const shared = [...this.running].reduce(
      (sum, [name, number]) => (account.isReserved(name) ? sum : sum + number),
      0,
    );
    const Reason =
      reserved !== undefined && now >= reserved
        ? 'ReservedFunctionConcurrentInvocationLimitExceeded'
        : reserved === undefined && shared >= account.unreserved
          ? 'ConcurrentInvocationLimitExceeded'
          : undefined;
    if (Reason !== undefined)
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        statusCode: 429,
        Reason,
        Type: 'User',
      });
    this.running.set(definition.functionName, now + 1);
  }

  end(functionName: string): void {
    const left = (this.running.get(functionName) ?? 1) - 1;
    if (left > 0) this.running.set(functionName, left);
    else this.running.delete(functionName);
  }

  /** The sandbox that became idle last, if it is still warm. */
  take(functionName: string, now: number): Sandbox | undefined {
    const idle = (this.warm.get(functionName) ?? []).filter(
      (sandbox) => now - sandbox.idleSince <= this.warmForMs,
    );
    const taken = idle.pop();
    this.warm.set(functionName, idle);
    return taken;
  }

  giveBack(functionName: string, sandbox: Sandbox, now: number): void {
    sandbox.idleSince = now;
    this.warm.set(functionName, [...(this.warm.get(functionName) ?? []), sandbox]);
  }

  /** Discards all idle sandboxes. */
  clear(): void {
    this.warm.clear();
  }
}
