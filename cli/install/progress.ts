import type { Style } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';
import type { TellOfStack } from './deployAll';
import { failuresOf } from './failures';

/** One line is told for so many resources. */
const every = 40;

/** Tells of a stack's events: how far it is, and each failure as it happens. */
export const tellProgress = ({ note }: Pick<Terminal, 'note'>, { dim, bad }: Style): TellOfStack => {
  const done = new Map<string, Set<string>>();
  return (region, event) => {
    const { logicalId, type, status, reason } = event;
    if (failuresOf([event]).length > 0) {
      note(`${bad('✖')} ${region} ${logicalId} (${type}): ${reason ?? status}`);
      return;
    }
    if (type === 'AWS::CloudFormation::Stack') {
      // A new piece of work begins, or has ended.
      done.set(region, new Set());
      note(dim(`  ${region} ${status}`));
      return;
    }
    if (!status.endsWith('_COMPLETE')) return;
    const finished = done.get(region) ?? new Set();
    finished.add(logicalId);
    done.set(region, finished);
    if (finished.size % every === 0) note(dim(`  ${region} ${String(finished.size)} resources`));
  };
};
