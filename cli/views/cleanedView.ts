import type { Cleaned } from '../../lib/cleaning/clean';
import type { CleanAnswer } from '../../lib/cleaning/request';
import { tellAnswer } from './answerView';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import type { Format } from '../session/options';

const linesOf = ({ dryRun, deleted, kept, failed, releases }: Cleaned): string[] => [
  ...deleted.map((what) => `${dryRun ? 'would delete' : 'deleted'} ${what}`),
  ...failed.map(({ what, why }) => `failed ${what}: ${why}`),
  ...releases.map((version) => `no longer a release to go back to: ${version}`),
  ...kept.map(({ what, why }) => `keeps ${what}: ${why}`),
];

/** Shows what was deleted and what stays, each with its reason, and the sum. */
export const showCleaned = (answer: CleanAnswer, format: Format, context: Context): void => {
  if (format !== 'json')
    for (const cleaned of answer.cleaned)
      for (const line of linesOf(cleaned))
        context.terminal.out(format === 'tree' ? `  ${line}` : `${cleaned.application} ${line}`);
  tellAnswer(answer, format, context);
  const failed = answer.cleaned.some((cleaned) => cleaned.failed.length > 0);
  if (!failed && answer.cleaned.some(({ inProgress }) => inProgress)) context.exitCode = exitCodes.inProgress;
};
