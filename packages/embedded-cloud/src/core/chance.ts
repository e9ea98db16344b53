import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { Chance } from './service';

type Generator = ReturnType<typeof xoroshiro128plus>;

/** The inner states of the generators, by purpose. */
export type ChanceState = Record<string, readonly number[]>;

/** FNV-1a: derives the seed of a purpose's stream from the cloud's seed and the purpose's name. */
const seedOf = (seed: number, purpose: string): number => {
  let hash = 0x811c9dc5;
  for (const character of `${String(seed)}/${purpose}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
};

/**
 * Seeded chance, with an independent stream for each purpose. One more call in one place changes nothing elsewhere, so
 * a fault plan can be shrunk without becoming a different run.
 */
export class Chances {
  private readonly generators = new Map<string, Generator>();
  private readonly streams = new Map<string, Chance>();

  constructor(
    readonly seed: number,
    state: ChanceState = {},
  ) {
    for (const [purpose, inner] of Object.entries(state))
      this.generators.set(purpose, xoroshiro128plusFromState(inner));
  }

  stream(purpose: string): Chance {
    const known = this.streams.get(purpose);
    if (known) return known;
    const made = this.makeStream(purpose);
    this.streams.set(purpose, made);
    return made;
  }

  private makeStream(purpose: string): Chance {
    const generator = () => this.generator(purpose);
    const next = () => uniformFloat64(generator());
    const integer = (from: number, to: number) => uniformInt(generator(), from, to);
    return {
      next,
      integer,
      around: (middle, spread = 0) => Math.max(0, Math.round(middle * (1 + spread * (2 * next() - 1)))),
      pick: (list) => {
        if (list.length === 0) throw new RangeError('There is nothing to pick from an empty list.');
        return list[integer(0, list.length - 1)] as (typeof list)[number];
      },
    };
  }

  snapshot(): ChanceState {
    const purposes = [...this.generators].sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(purposes.map(([purpose, generator]) => [purpose, [...generator.getState()]]));
  }

  private generator(purpose: string): Generator {
    const known = this.generators.get(purpose);
    if (known) return known;
    const made = xoroshiro128plus(seedOf(this.seed, purpose));
    this.generators.set(purpose, made);
    return made;
  }
}

/** A text of `digits` hexadecimal digits. */
export const hexadecimal = (chance: Chance, digits: number): string => {
  let text = '';
  while (text.length < digits) text += chance.integer(0, 0xffffff).toString(16).padStart(6, '0');
  return text.slice(0, digits);
};

/** A UUID of version 4. */
export const uuid = (chance: Chance): string => {
  const digits = hexadecimal(chance, 32);
  const variant = ((parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20),
  ].join('-');
};
