import type { Resource } from '../template/resolve';

/** @throws Error if two resources of one type have the same name: the second would overwrite the first */
export const checkNames = (resources: readonly Resource[]): void => {
  const owners = new Map<string, string>();
  for (const { type, ref, logicalId } of resources) {
    const other = owners.get(`${type} ${ref}`);
    if (other !== undefined)
      throw new Error(`The template holds ${ref} (${type}) twice: as ${other} and as ${logicalId}.`);
    owners.set(`${type} ${ref}`, logicalId);
  }
};
