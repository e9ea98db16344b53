import type { Contract, Difference } from './contract';
import { Mismatch, UnknownAction, World, type Host } from './world';

/** The result of one contract on one host. */
export interface Result {
  readonly contract: Contract;
  readonly host: Host['name'];
  readonly outcome: 'same' | 'differs' | 'unknown' | 'not tried';
  /** The actions whose answers matched the contract. They count only if the outcome is `same`. */
  readonly seen: readonly string[];
  /** Those actions of which only refusals were checked. */
  readonly refused: readonly string[];
  /** The action that the host does not know. */
  readonly unknown?: string;
  /** The difference that was found. */
  readonly difference?: string;
  /** A difference that is not recorded in the contract, or a recorded one that is gone. */
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

/** Checks one contract on one host. Unexpected results are in `problem`. */
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
