/** What has to be done with a stack before it can be updated. */
export type StackMove = 'create' | 'update' | 'delete' | 'wait' | 'continue the rollback';

/** Nothing of the stack is of use any more; CloudFormation takes only DeleteStack then. */
const lost = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED']);

/**
 * The next move by a stack's status, which is undefined where there is none:
 * docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, "Stack status codes".
 */
export const stackMove = (status: string | undefined): StackMove => {
  // In review: a change set was made for it, and was never executed.
  if (status === undefined || status === 'DELETE_COMPLETE' || status === 'REVIEW_IN_PROGRESS')
    return 'create';
  if (status === 'UPDATE_ROLLBACK_FAILED') return 'continue the rollback';
  if (lost.has(status)) return 'delete';
  return status.endsWith('_IN_PROGRESS') ? 'wait' : 'update';
};

/** Whether CloudFormation works on the stack. */
export const isAtWork = (status: string): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';

/** Whether a stack's status says that what was asked for is done. */
export const isDone = (status: string): boolean =>
  ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'DELETE_COMPLETE'].includes(status);
