import type { Member } from './group';

/**
 * Whether a member was launched from a launch template version. A number alone is not enough: a group that was given
 * another template still has members of the former one, with the same numbers.
 */
export const isLaunchedFrom = (
  { launchTemplateId, launchTemplateVersion }: Pick<Member, 'launchTemplateId' | 'launchTemplateVersion'>,
  { id, version }: { readonly id: string; readonly version: string },
): boolean =>
  launchTemplateVersion === version && (launchTemplateId === undefined || launchTemplateId === id);
