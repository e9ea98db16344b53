import { isTransient, messageOf, nameOf } from './failure';

/**
 * Sends a call with `DryRun` set: EC2 answers `DryRunOperation` where the role may do it.
 * @returns what is wrong, or undefined.
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
