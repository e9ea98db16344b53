import type {
  CancelMessageMoveTaskCommandInput,
  CancelMessageMoveTaskResult,
  ListMessageMoveTasksCommandInput,
  ListMessageMoveTasksResult,
  ListMessageMoveTasksResultEntry,
  StartMessageMoveTaskCommandInput,
  StartMessageMoveTaskResult,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import type { Action, Requirement } from '../../core/service';
import { countMessages } from '../messages';
import { maxPerSecond } from '../moves';
import type { MoveTask, Queue } from '../state';
import type { Sqs } from './find';

const invalid = (message: string) => new AwsError('InvalidParameterValue', message, { statusCode: 400 });
const missing = (message: string) => new AwsError('ResourceNotFoundException', message, { statusCode: 404 });

const onSource = (arn: string | undefined, actions: readonly string[]): Requirement[] =>
  actions.map((action) => ({ action: `sqs:${action}`, resource: arn ?? '*' }));

const findSource = (sqs: Sqs, arn: string | undefined): Queue => {
  const source = sqs.queue(arn ?? '');
  if (source?.arn === arn && source) return source;
  throw missing('The resource that you specified for the SourceArn parameter doesn’t exist.');
};

const isDeadLetterQueue = (sqs: Sqs, { arn }: Queue): boolean =>
  Object.values(sqs.state.queues).some(({ redrive }) => redrive?.deadLetterTargetArn === arn);

const checkStart = (sqs: Sqs, source: Queue, input: StartMessageMoveTaskCommandInput): void => {
  const { DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = input;
  if (!isDeadLetterQueue(sqs, source))
    throw invalid('Source queue must be configured as a Dead Letter Queue.');
  if (perSecond !== undefined && !(perSecond >= 1 && perSecond <= maxPerSecond))
    throw invalid(
      `Value ${String(perSecond)} for parameter MaxNumberOfMessagesPerSecond is invalid. ` +
        `Reason: Must be between 1 and ${String(maxPerSecond)}.`,
    );
  if (DestinationArn !== undefined) {
    if (sqs.queue(DestinationArn)?.arn !== DestinationArn)
      throw missing('The resource that you specified for the DestinationArn parameter doesn’t exist.');
    if (DestinationArn === source.arn)
      throw invalid('Source queue arn and destination queue arn cannot be the same.');
    if (DestinationArn.endsWith('.fifo') !== source.arn.endsWith('.fifo'))
      throw invalid('Source and destination queues must be of the same type.');
  }
  if (sqs.state.moves?.some((task) => task.sourceArn === source.arn && task.status === 'RUNNING'))
    throw invalid(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
};

/** "The list of your message movement tasks, up to 10, in a specific queue." */
const shownTasks = 10;

export const startMessageMoveTask = (
  sqs: Sqs,
): Action<StartMessageMoveTaskCommandInput, StartMessageMoveTaskResult> => ({
  requires: ({ SourceArn, DestinationArn }) => [
    ...onSource(SourceArn, ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']),
    ...(DestinationArn === undefined ? [] : [{ action: 'sqs:SendMessage', resource: DestinationArn }]),
  ],
  run: (input, region) => {
    const source = findSource(sqs, input.SourceArn);
    checkStart(sqs, source, input);
    const task: MoveTask = {
      handle: Buffer.from(JSON.stringify({ taskId: region.newId(), sourceArn: source.arn })).toString(
        'base64',
      ),
      sourceArn: source.arn,
      startedAt: region.now(),
      toMove: countMessages(source, region.now()).visible,
      moved: 0,
      status: 'RUNNING',
      ...(input.DestinationArn !== undefined && { destinationArn: input.DestinationArn }),
      ...(input.MaxNumberOfMessagesPerSecond !== undefined && {
        perSecond: input.MaxNumberOfMessagesPerSecond,
      }),
    };
    const others = sqs.state.moves ?? [];
    const ofSource = others.filter(({ sourceArn }) => sourceArn === source.arn);
    const forgotten = new Set(ofSource.slice(shownTasks - 1));
    sqs.state.moves = [task, ...others.filter((other) => !forgotten.has(other))];
    region.schedule(0, 'sqs', 'move', { handle: task.handle });
    return { TaskHandle: task.handle } satisfies StartMessageMoveTaskResult;
  },
});

const shown = (task: MoveTask): ListMessageMoveTasksResultEntry => ({
  ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
  Status: task.status,
  SourceArn: task.sourceArn,
  ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
  ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
  StartedTimestamp: task.startedAt,
});

/** Lists the newest first, by default only one. */
export const listMessageMoveTasks = (
  sqs: Sqs,
): Action<ListMessageMoveTasksCommandInput, ListMessageMoveTasksResult> => ({
  requires: ({ SourceArn }) => onSource(SourceArn, ['ListMessageMoveTasks']),
  run: ({ SourceArn, MaxResults = 1 }) => {
    const source = findSource(sqs, SourceArn);
    if (!(MaxResults >= 1 && MaxResults <= shownTasks))
      throw invalid(
        `Value ${String(MaxResults)} for parameter MaxResults is invalid. Reason: Must be between 1 and 10.`,
      );
    const tasks = (sqs.state.moves ?? []).filter(({ sourceArn }) => sourceArn === source.arn);
    return { Results: tasks.slice(0, MaxResults).map(shown) } satisfies ListMessageMoveTasksResult;
  },
});

/** Messages that were already moved stay in their new queue. */
export const cancelMessageMoveTask = (
  sqs: Sqs,
): Action<CancelMessageMoveTaskCommandInput, CancelMessageMoveTaskResult> => ({
  requires: ({ TaskHandle }) => {
    const task = sqs.state.moves?.find(({ handle }) => handle === TaskHandle);
    return onSource(task?.sourceArn, [
      'CancelMessageMoveTask',
      'ReceiveMessage',
      'DeleteMessage',
      'GetQueueAttributes',
    ]);
  },
  run: ({ TaskHandle }) => {
    const task = sqs.state.moves?.find(({ handle }) => handle === TaskHandle);
    if (!task) throw missing('Task does not exist.');
    if (task.status !== 'RUNNING') throw missing('Only active tasks can be cancelled.');
    task.status = 'CANCELLED';
    return { ApproximateNumberOfMessagesMoved: task.moved } satisfies CancelMessageMoveTaskResult;
  },
});
