import type { Contract, Difference } from './contract';
import { Mismatch, UnknownAction, World, type Host } from './world';

/** How one contract went on one host. */
export interface Result {
  readonly contract: Contract;
  readonly host: Host['name'];
  readonly outcome: 'same' | 'differs' | 'unknown' | 'not tried';
  /** The actions whose answers were what the contract says; none counts unless the outcome is `same`. */
  readonly seen: readonly string[];
  /** Those of them of which a refusal alone was looked at. */
  readonly refused: readonly string[];
  /** What the host does not know. */
  readonly unknown?: string;
  /** The difference that was found. */
  readonly difference?: string;
  /** What is not as it was written down. */
  readonly problem?: string;
}

const differenceOf = ({ differs }: Contract, host: Host['name']): Difference | undefined =>
  host === 'local' ? undefined : differs?.[host];

const judge = (contract: Contract, world: World, error: unknown): Result => {
  const host = world.host.name;
  const seen = [...world.seen].sort();
  const result = { contract, host, seen, refused: seen.filter((action) => !world.answered.has(action)) };
  const known = differenceOf(contract, host);
  if (error === undefined)
    return {
      ...result,
      outcome: 'same',
      ...(known && {
        problem: `${host} agrees now at ${known.at}: remove the difference that is written down`,
      }),
    };
  if (error instanceof UnknownAction && host !== 'local')
    return { ...result, outcome: 'unknown', unknown: error.action };
  const difference = error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
  const isKnown = error instanceof Mismatch && error.action === known?.at;
  return { ...result, outcome: 'differs', difference, ...(!isKnown && { problem: difference }) };
};

/** Holds one contract on one host. What is not as it was written down is the result's `problem`. */
export const holdContract = async (contract: Contract, host: Host): Promise<Result> => {
  if (host.name !== 'local' && contract.notOn?.[host.name] !== undefined)
    return { contract, host: host.name, outcome: 'not tried', seen: [], refused: [] };
  const world = new World(host);
  try {
    const error = await host.run(() =>
      contract.run(world).then(
        () => undefined,
        (caught: unknown) => caught ?? new Error('nothing was thrown'),
      ),
    );
    return judge(contract, world, error);
  } finally {
    world.close();
  }
};
