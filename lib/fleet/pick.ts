import { createHash } from 'node:crypto';

/**
 * One of the ids, pseudo-random, but always the same for the same seed and ids, so that a retried step takes the same
 * one. (Rendezvous hashing: removing an id changes the choice only if it was the chosen one.)
 */
export const pickOne = (ids: readonly string[], seed: string): string | undefined => {
  const weighed = ids.map((id) => ({ id, weight: weightOf(seed, id) }));
  weighed.sort((a, b) => (a.weight === b.weight ? 0 : a.weight < b.weight ? -1 : 1));
  return weighed[0]?.id;
};

const weightOf = (seed: string, id: string): string =>
  createHash('sha256').update(`${seed}\n${id}`).digest('hex');
