import { isTransient, messageOf, nameOf } from './failure';

/**
 * Sends a call with `DryRun` set: EC2 answers `DryRunOperation` where the role may do it.
 * @returns AWS's error as `NAME: MESSAGE`, or undefined.
 */
export const refusalOf = async (send: () => Promise<unknown>): Promise<string | undefined> => {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (nameOf(error) === 'DryRunOperation') return undefined;
    // Throttling says nothing about permissions.
    if (isTransient(error)) throw error;
    return `${nameOf(error)}: ${messageOf(error)}`;
  }
};

/** The errors that say that a caller lacks a permission: EC2 API Reference and IAM user guide, "Common errors". */
const denied = new Set(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'NotAuthorized']);

/** What to do about an error other than a missing permission, by its name; the first that fits. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /NotFound|Malformed|Unavailable|InvalidID/,
    'What it names is gone, belongs to another account or region, or is not ready: name one that is there in the ' +
      "settings (forseti apply) or in the group's launch template.",
  ],
  [/LimitExceeded|Insufficient/, 'Free some of it, or ask AWS for more (Service Quotas).'],
  [
    /^(AuthFailure|OptInRequired|PendingVerification|Blocked)$/,
    'AWS asks this of the account or of what the call names, not of the role: share the image or snapshot with this account, ' +
      'or finish what AWS asks for.',
  ],
];
const otherwise =
  'Change what AWS objects to, in the settings (forseti apply) or in the group, and try again.';

const nameIn = (refusal: string): string => refusal.split(':', 1)[0] ?? '';

/** Whether a refusal, as `NAME: MESSAGE`, says that the caller lacks a permission. */
export const isDenial = (refusal: string): boolean => denied.has(nameIn(refusal));

export interface RefusalContext {
  /** Who says so, where it is no permission. */
  readonly lead?: string;
  /** Commands that tag parts of the fleet: the roles allow nothing on what does not carry the tag. */
  readonly missingTags?: readonly string[];
}

/**
 * A refusal as a sentence: a missing permission is due to a missing tag or else the stack's affair, anything else that of settings
 * and group.
 * @param refusal `NAME: MESSAGE`, as AWS gave it.
 */
export const explainRefusal = (
  state: string,
  refusal: string,
  { lead = `AWS refuses what ${state} would do`, missingTags = [] }: RefusalContext = {},
): string => {
  const name = nameIn(refusal);
  // An error message ends as its service likes.
  const words = refusal.replace(/\.?\s*$/, '.');
  if (isDenial(refusal) && missingTags.length > 0)
    return (
      `The role of ${state} may not do what the deployment needs: ${words} ` +
      `That is so because of the missing tag: ${missingTags.join(' && ')}`
    );
  if (isDenial(refusal))
    return (
      `The role of ${state} may not do what the deployment needs: ${words} ` +
      'Deploy the stack of this release again; if its roles are as shipped, a permissions boundary, an SCP or a key policy denies it.'
    );
  const [, what = otherwise] = advice.find(([names]) => names.test(name)) ?? [];
  return `${lead}: ${words} ${what}`;
};
