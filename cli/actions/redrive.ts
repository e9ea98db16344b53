import { ListMessageMoveTasksCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../queries/queues';
import type { Session } from '../session/session';

/** The result of moving dead letters back; `status` is SQS's own. */
export interface MoveResult {
  readonly status: string;
  readonly moved: number;
  readonly failureReason?: string;
}

const moveWithinMs = 600_000;

/**
 * Lets SQS move dead letters back (StartMessageMoveTask) and waits for the end. If only one queue has its dead letters here,
 * that queue is named as the destination: SQS does not know the source of events that EventBridge put here.
 */
export const redrive = async (session: Session, dead: DeadLetterQueue): Promise<MoveResult> => {
  const sqs = session.connect(SQSClient);
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: dead.arn,
      ...(dead.source !== undefined && { DestinationArn: dead.source }),
    }),
  );
  const until = session.now() + moveWithinMs;
  for (;;) {
    const { Results: [task] = [] } = await sqs.send(
      new ListMessageMoveTasksCommand({ SourceArn: dead.arn, MaxResults: 1 }),
    );
    const { Status: status = 'UNKNOWN', ApproximateNumberOfMessagesMoved: moved = 0 } = task ?? {};
    if (status !== 'RUNNING' || session.now() > until)
      return {
        status,
        moved,
        ...(task?.FailureReason !== undefined && { failureReason: task.FailureReason }),
      };
    await session.sleep(1_000);
  }
};
