import { dirname } from 'node:path';
import type { Imports } from './imports';

/** Circles of names, each sorted. */
export type Circles = readonly (readonly string[])[];

/** Strongly connected components of more than one name (Tarjan 1972). */
export const circlesOf = (arrows: ReadonlyMap<string, readonly string[]>): Circles => {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const circles: string[][] = [];

  const visit = (name: string): void => {
    const own = index.size;
    index.set(name, own);
    low.set(name, own);
    path.push(name);
    onPath.add(name);
    for (const next of arrows.get(name) ?? []) {
      if (!index.has(next)) visit(next);
      else if (!onPath.has(next)) continue;
      low.set(name, Math.min(low.get(name) ?? own, low.get(next) ?? own));
    }
    if (low.get(name) !== own) return;
    const circle = path.splice(path.indexOf(name));
    for (const member of circle) onPath.delete(member);
    if (circle.length > 1) circles.push(circle.sort());
  };

  for (const name of arrows.keys()) if (!index.has(name)) visit(name);
  return circles.sort((one, other) => ((one[0] ?? '') < (other[0] ?? '') ? -1 : 1));
};

/** `lib/engine/waiting/poll.ts`: `lib`, `lib/engine`, `lib/engine/waiting`. */
const foldersOf = (file: string): string[] => {
  const folder = dirname(file);
  return folder === '.' ? [] : [...foldersOf(folder), folder];
};

/**
 * The arrows between folders. If a file of one imports a file of the other, an arrow leads between their topmost
 * folders that differ. Files beside a folder's subfolders belong to the folder itself.
 */
export const folderArrows = (imports: Imports): ReadonlyMap<string, readonly string[]> => {
  const arrows = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const own = foldersOf(file);
    for (const target of targets) {
      const others = foldersOf(target);
      const apart = own.findIndex((folder, depth) => folder !== others[depth]);
      const [from, to] = [own[apart], others[apart]];
      // One of the two is above the other.
      if (from === undefined || to === undefined) continue;
      arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  return new Map([...arrows].map(([from, to]) => [from, [...to]]));
};
