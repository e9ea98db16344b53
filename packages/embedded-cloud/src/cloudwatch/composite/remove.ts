import { AwsError } from '../../core/errors';
import type { Region } from '../../core/service';
import type { AnyAlarm } from '../state';
import { parentsOf } from './parents';
import { isComposite } from './store';

/**
 * API reference, DeleteAlarms: at most one composite alarm a call, and nothing that another composite alarm depends on.
 * @throws AwsError ValidationError, in CloudWatch's words for what is depended on
 */
export const checkRemoval = (region: Region, alarms: readonly AnyAlarm[]): void => {
  if (alarms.filter(isComposite).length > 1)
    throw new AwsError('ValidationError', 'At most one composite alarm can be deleted in one call.');
  const names = alarms.map(({ name }) => name);
  const needed = names.filter((name) =>
    parentsOf(region, name).some((parent) => !names.includes(parent.name) || parent.name === name),
  );
  if (needed.length > 0)
    throw new AwsError(
      'ValidationError',
      `Cannot delete ${needed.join(',')} as there are composite alarm(s) depending on ${needed.length === 1 ? 'it' : 'them'}.`,
    );
};
