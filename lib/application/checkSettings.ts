import { checkProvisioning } from './checkProvisioning';
import { checkScaling } from './checkScaling';
import type { Found } from './explain';
import { patternProblem } from './pattern';
import { ofPatternSyntax, relations } from './relations';
import type { Settings } from './schema';

/**
 * All that is checked before settings are stored, and before tags are matched: {@link relations}, and whether each
 * tag pattern can be matched. Plan and Doctor ask as well. Every other function does without
 * the engine for patterns (150 KB), and a rollback is never refused for a pattern of tags.
 */
export const checkSettings = (settings: Settings): Found[] => [
  ...relations(settings),
  ...Object.entries(settings.applications).flatMap(([name, { tags }]) => {
    const message = ofPatternSyntax(tags.pattern) === undefined ? patternProblem(tags.pattern) : undefined;
    return message === undefined ? [] : [{ path: ['applications', name, 'tags', 'pattern'], message }];
  }),
];

/**
 * All that is checked of settings that somebody writes: also what AWS would refuse of them later. Doctor asks as well,
 * since settings may have been written before there was a check.
 */
export const checkWritten = (settings: Settings): Found[] => [
  ...checkSettings(settings),
  ...checkProvisioning(settings),
  ...checkScaling(settings),
];
