import { type MachineName, statesOf } from './machines';
import type { TestStack } from './testStack';

const fleetServices = new Set(['ec2', 'autoscaling', 'elasticloadbalancing', 'cloudwatch', 'ssm']);
const machines: readonly MachineName[] = ['deploy', 'rollback', 'mend'];
const functionsOf = new Map(
  machines.map((machine) => [machine, new Set(Object.values(statesOf(machine).functions))]),
);

interface Holding {
  readonly owner: string | undefined;
  readonly deployment: string | undefined;
  readonly from: number;
}

/** A change of the fleet by a function, and the owners of the fleet's lock then. */
export interface Change {
  readonly at: number;
  readonly caller: string;
  readonly action: string;
  readonly holders: readonly Holding[];
}

/** The time between the read of the lock and the call that it allows. */
const inFlightMs = 1_000;

const machineOf = (owner: string): MachineName => {
  const found = machines.find((machine) => owner.includes(`-${machine}:`));
  if (!found) throw new Error(`${owner} is no execution of ours.`);
  return found;
};

/** What a watch has seen so far. */
export interface Watched {
  readonly changes: readonly Change[];
  readonly history: readonly Holding[];
  readonly held: readonly string[];
  readonly leastHealthy: number;
  readonly sampledAt: number;
  readonly before: number;
}

/**
 * Watches a cloud while it runs: who changes the fleet under whose lock, and how many targets are healthy.
 * @param from what was seen of the cloud before it was saved.
 */
export const watch = (stack: TestStack, from?: Watched) => {
  const changes: Change[] = [...(from?.changes ?? [])];
  const history: Holding[] = [...(from?.history ?? [])];
  const held = new Set<string>(from?.held);
  let minHealthy = from?.leastHealthy ?? Infinity;
  let sampledAt = from?.sampledAt ?? -Infinity;
  const lock = () =>
    stack.region.service('dynamodb').state.tables['forseti-production-locks']?.partitions['S:api']?.[''];
  const text = (value: unknown): string | undefined => (value as { S?: string } | undefined)?.S;
  const healthy = (): number => healthyOf(stack, held);
  const before = from?.before ?? healthy();
  const see = (): void => {
    const item = lock();
    const [owner, deployment] = [text(item?.owner), text(item?.deployment)];
    if (history.at(-1)?.owner !== owner) history.push({ owner, deployment, from: stack.cloud.now() });
    if (stack.cloud.now() - sampledAt < 5_000) return;
    sampledAt = stack.cloud.now();
    minHealthy = Math.min(minHealthy, healthy());
  };
  const holders = (): Holding[] => {
    const now = stack.cloud.now();
    return history.filter((_, index) => (history[index + 1]?.from ?? now) >= now - inFlightMs);
  };
  const { faults } = stack.cloud;
  stack.cloud.faults = {
    ...faults,
    call: (seen) => {
      see();
      const fault = faults.call?.(seen);
      const { caller, service, action, input } = seen;
      const dry = (input as { DryRun?: boolean } | undefined)?.DryRun === true;
      const changing = !/^(Describe|Get|List)/.test(action) && !dry;
      if (
        caller.kind === 'function' &&
        fleetServices.has(service) &&
        changing &&
        !(fault && 'before' in fault)
      )
        changes.push({ at: stack.cloud.now(), caller: caller.name, action, holders: holders() });
      return fault;
    },
  };
  return {
    changes,
    before,
    leastHealthy: () => minHealthy,
    watched: (): Watched => ({
      changes: [...changes],
      history: [...history],
      held: [...held],
      leastHealthy: minHealthy,
      sampledAt,
      before,
    }),
    /** Changes by functions that do not belong to the owner of the lock. */
    strangers: (): string[] =>
      changes
        .filter(
          ({ caller, holders: by }) =>
            !by.some(
              ({ owner }) =>
                owner !== undefined &&
                (caller.endsWith('-Sweep') ||
                  functionsOf.get(machineOf(owner))?.has(caller.replace('forseti-production-', '')) === true),
            ),
        )
        .map(({ caller, action, at }) => `${caller} ${action} at ${new Date(at).toISOString()}`),
    /** Changes of the fleet while a deployment held the lock. */
    under: (deployment: string): string[] =>
      changes
        .filter(({ holders: by }) => by.at(-1)?.deployment === deployment)
        .map(({ caller, action }) => `${caller} ${action}`),
  };
};

export type Watch = ReturnType<typeof watch>;

/** Healthy targets in all groups, and those that Forseti holds out of service, until they are healthy again. */
const healthyOf = (stack: TestStack, held: Set<string>): number => {
  const groups = Object.values(stack.region.service('elasticloadbalancing').state.targetGroups);
  const { instances, targetGroupArns } = stack.group();
  const ours = groups.filter(({ arn }) => targetGroupArns.includes(arn));
  let count = 0;
  for (const [id, { lifecycle }] of Object.entries(instances)) {
    const isHealthy = ours.every(({ targets }) => targets[id]?.state === 'healthy');
    if (/Standby/.test(lifecycle)) held.add(id);
    else if (isHealthy) held.delete(id);
    if (isHealthy || held.has(id)) count += 1;
  }
  return count;
};
