import type { RecordKind } from '../../lib/engine/outcome';
import type { Style } from '../terminal/style';

/** How a deployment or rollback ended. */
interface Ended {
  readonly kind: RecordKind;
  readonly outcome: string;
  /** Whether it did something else than it was asked for. */
  readonly failed: boolean;
}

/**
 * The outcome for people, in colour. `RolledBack` is the success of a rollback, but of a deployment, or of a rollback that
 * failed, it means that a failure was undone: words tell both apart.
 */
export const outcomeText = ({ kind, outcome, failed }: Ended, style: Style): string => {
  if (outcome === 'Deployed') return style.good(outcome);
  if (outcome === 'Dirty') return style.bad(outcome);
  if (outcome !== 'RolledBack') return style.warn(outcome);
  return kind === 'rollback' && !failed
    ? style.good('RolledBack as asked')
    : style.warn('RolledBack after a failure');
};
