/** Message move tasks: they move messages back from a dead-letter queue, some every second. */
import type { Region } from '../core/service';
import { removeMessage } from './messages';
import { indexOf } from './queueIndex';
import type { Message, MoveTask, Queue, SqsState } from './state';

/** "The maximum value for messages per second is 500". Without a given rate, SQS may choose any. */
export const maxPerSecond = 500;

interface Sqs {
  readonly state: SqsState;
  queue(nameOrArn: string): Queue | undefined;
  put(queue: Queue, message: Omit<Message, 'order' | 'receiveCount' | 'receiptHandles'>): Message;
}

/** A moved message gets a new id and no receives. Its group and deduplication ids stay. */
const move = (sqs: Sqs, region: Region, source: Queue, target: Queue, message: Message): void => {
  const { body, attributes, senderId, groupId, deduplicationId } = message;
  const now = region.now();
  removeMessage(source, message, now);
  sqs.put(target, {
    ...{ id: region.newId(), body, attributes, senderId, sentAt: now },
    visibleAt: now + target.delaySeconds * 1000,
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
  });
};

const fail = (task: MoveTask, reason: string): void => {
  task.status = 'FAILED';
  task.failureReason = reason;
};

const moveSome = (sqs: Sqs, region: Region, task: MoveTask, source: Queue): void => {
  const { hidden } = indexOf(source, region.now());
  const most = Math.min(task.perSecond ?? maxPerSecond, task.toMove - task.moved);
  const waiting = source.messages.filter((message) => !hidden.has(message)).slice(0, most);
  for (const message of waiting) {
    const targetArn = task.destinationArn ?? message.deadLetterSourceArn;
    const target = targetArn === undefined ? undefined : sqs.queue(targetArn);
    if (!target) {
      fail(
        task,
        targetArn === undefined
          ? 'CouldNotDetermineMessageSource'
          : 'AWS.SimpleQueueService.NonExistentQueue',
      );
      return;
    }
    move(sqs, region, source, target, message);
    task.moved += 1;
  }
  if (waiting.length === 0 || task.moved >= task.toMove) task.status = 'COMPLETED';
};

/** Does one second of a task's work. */
export const continueMove = (sqs: Sqs, region: Region, payload: { readonly handle: string }): void => {
  const task = sqs.state.moves?.find(({ handle }) => handle === payload.handle);
  if (task?.status !== 'RUNNING') return;
  const source = sqs.queue(task.sourceArn);
  if (source) moveSome(sqs, region, task, source);
  else fail(task, 'AWS.SimpleQueueService.NonExistentQueue');
  if ((task.status as MoveTask['status']) === 'RUNNING') region.schedule(1000, 'sqs', 'move', payload);
};
