/** Asks a person for what an installation needs and no option gives. */
import { InvalidArgumentError } from 'commander';
import type { Terminal } from '../terminal/terminal';
import type { RegionFacts, Wishes } from './facts';
import { keysArgument, regionArgument, rolesArgument, type StackOptions } from './options';

/** Asks until the answer is one. @returns undefined for an empty answer */
const askFor = async <Value>(
  { ask, note }: Pick<Terminal, 'ask' | 'note'>,
  question: string,
  check: (text: string) => Value,
): Promise<Value | undefined> => {
  for (;;) {
    const text = ((await ask?.(question)) ?? '').trim();
    if (text === '') return undefined;
    try {
      return check(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      note(error.message);
    }
  }
};

/** The options, as wishes. */
export const wishesOf = ({ standby, instanceRoles, imageKeys }: StackOptions, stage: string): Wishes => ({
  stage,
  ...(standby !== undefined && { standby }),
  ...(instanceRoles !== undefined && { instanceRoles }),
  ...(imageKeys !== undefined && { imageKeys }),
});

/** Before anything is read: the standby's region and the roles of a new stack. */
export const askForNew = async (terminal: Terminal, wishes: Wishes): Promise<Wishes> => {
  const standby =
    wishes.standby ??
    (await askFor(
      terminal,
      'A second region that takes over when this one fails (empty: none): ',
      regionArgument,
    ));
  const instanceRoles =
    wishes.instanceRoles ??
    (await askFor(
      terminal,
      'Roles that Forseti may pass to instances, a name or a pattern such as web-* (empty: all): ',
      rolesArgument,
    ));
  return {
    ...wishes,
    ...(standby !== undefined && { standby }),
    ...(instanceRoles !== undefined && { instanceRoles }),
  };
};

/** The keys by which the account encrypts new volumes, if the person lets Forseti use them. */
export const askForKeys = async (
  terminal: Terminal,
  wishes: Wishes,
  regions: readonly RegionFacts[],
): Promise<Wishes> => {
  if (wishes.imageKeys !== undefined) return wishes;
  const stored = regions[0]?.stack?.parameters.ImageKeys ?? '';
  const known = stored === '' ? [] : stored.split(',');
  const keys = regions.flatMap(({ volumeKey }) =>
    volumeKey === undefined || known.includes(volumeKey) ? [] : [volumeKey],
  );
  if (keys.length === 0) return wishes;
  const answer = await terminal.ask?.(
    `EC2 encrypts new volumes here by ${keys.join(' and ')}. May Forseti use it for images and instances? [y/N] `,
  );
  return /^y(es)?$/i.test((answer ?? '').trim())
    ? { ...wishes, imageKeys: keysArgument([...known, ...keys].join(',')) }
    : wishes;
};
