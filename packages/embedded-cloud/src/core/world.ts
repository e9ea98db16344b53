import type { Chance } from './service';
import { hexadecimal, uuid } from './chance';

/**
 * What functions' code can use besides timers: chance and ids. All of it is seeded while the cloud runs. Bundles that
 * import `node:crypto` by name get {@link seededCrypto} from their sandbox's `require` instead, since an imported
 * binding cannot be replaced from outside.
 */
export interface SeededWorld {
  readonly random: () => number;
  readonly randomUUID: () => `${string}-${string}-${string}-${string}-${string}`;
  readonly getRandomValues: <T extends ArrayBufferView | null>(target: T) => T;
  readonly randomBytes: (size: number) => Buffer;
  readonly randomInt: (...range: number[]) => number;
}

export const seededWorld = (chance: Chance): SeededWorld => {
  const fill = (size: number) => Buffer.from(hexadecimal(chance, size * 2), 'hex');
  return {
    random: () => chance.next(),
    randomUUID: () => uuid(chance) as `${string}-${string}-${string}-${string}-${string}`,
    getRandomValues: (target) => {
      if (target)
        new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(fill(target.byteLength));
      return target;
    },
    randomBytes: fill,
    randomInt: (...range) =>
      range[1] === undefined
        ? chance.integer(0, (range[0] ?? 1) - 1)
        : chance.integer(range[0] ?? 0, range[1] - 1),
  };
};

/** `node:crypto` with all its random functions seeded. */
export const seededCrypto = (crypto: object, world: SeededWorld): object =>
  Object.create(crypto, {
    randomUUID: { value: world.randomUUID },
    getRandomValues: { value: world.getRandomValues },
    randomBytes: {
      value: (size: number, callback?: (error: null, bytes: Buffer) => void) =>
        callback ? callback(null, world.randomBytes(size)) : world.randomBytes(size),
    },
    randomInt: { value: world.randomInt },
  }) as object;
