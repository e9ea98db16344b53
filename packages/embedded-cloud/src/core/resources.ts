/**
 * Resources that a function must not use, because virtual time cannot wait for them: files, sockets, compression and
 * key derivation run outside the event loop and finish at any time.
 */
const outside =
  /^(FS|FILEHANDLE|FileHandle|GetAddrInfo|GetNameInfo|QueryReq|TCP|TLS|UDP|HTTP|Process|Zlib|ZLIB|Brotli|PBKDF2|RandomBytes|Scrypt|HKDF|Sign|Hash|Derive|Generate|Cipher|KeyExport|KeyGen|CheckPrime)/;

const count = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) if (outside.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/** The kinds of work under way outside the event loop, with the number of each. */
export const activeResources = (): Map<string, number> => count(process.getActiveResourcesInfo());

/** The kinds of which more are under way than at `before`. */
export const newResources = (
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number> = activeResources(),
): string[] => [...now].filter(([name, number]) => number > (before.get(name) ?? 0)).map(([name]) => name);
