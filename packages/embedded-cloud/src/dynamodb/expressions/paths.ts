import type { Item, Value } from '../values';
import type { Path } from './ast';

const child = (value: Value, part: string | number): Value | undefined =>
  typeof part === 'number'
    ? 'L' in value
      ? value.L[part]
      : undefined
    : 'M' in value
      ? value.M[part]
      : undefined;

export const valueAt = (item: Item, path: Path): Value | undefined =>
  path.reduce<Value | undefined>((value, part) => value && child(value, part), { M: item });

/** A value with only the parts that the paths lead to; all paths start in it. */
const pick = (value: Value, paths: readonly Path[]): Value | undefined => {
  if (paths.some((path) => path.length === 0)) return value;
  const parts = [...new Set(paths.map(([part]) => part))];
  const picked = parts.flatMap((part): [string | number, Value][] => {
    if (part === undefined) return [];
    const inner = child(value, part);
    const below =
      inner &&
      pick(
        inner,
        paths.filter(([first]) => first === part).map((path) => path.slice(1)),
      );
    return below ? [[part, below]] : [];
  });
  if (picked.length === 0) return undefined;
  return 'L' in value
    ? { L: picked.sort(([a], [b]) => Number(a) - Number(b)).map(([, below]) => below) }
    : { M: Object.fromEntries(picked) };
};

/** The item with only the parts that the paths lead to. List elements close up, as on AWS. */
export const project = (item: Item, paths: readonly Path[]): Item => {
  const picked = pick({ M: item }, paths);
  return picked && 'M' in picked ? picked.M : {};
};
