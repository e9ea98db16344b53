const form = /^[A-Za-z0-9][A-Za-z0-9._+/-]{0,63}$/;

/**
 * A commit as an event or a person names it: Git's are 40 or 64 hexadecimal digits, and other systems have other names.
 * It reaches shells, tags and messages.
 */
export const commitPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** For a command line that deploys the version again; nothing if the commit is not known, or none that is taken. */
export const commitOption = (commit: string | undefined): string =>
  commit === undefined || !commitPattern.test(commit) ? '' : ` --commit ${commit}`;

/**
 * A version becomes part of shell commands, names and tags, so only harmless characters are allowed.
 * @returns what is wrong with it, or undefined.
 */
export const checkVersion = (version: unknown): string | undefined => {
  if (typeof version !== 'string') return `version is ${describe(version)}; expected text such as "v1.4.2"`;
  if (form.test(version)) return undefined;
  return (
    `version ${JSON.stringify(version.slice(0, 80))} is malformed; expected 1 to 64 letters, digits or "._+/-", ` +
    'a letter or digit first, such as "v1.4.2"'
  );
};

const describe = (value: unknown): string =>
  value === undefined
    ? 'missing'
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'a list'
        : `a ${typeof value}`;
