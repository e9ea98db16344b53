import type { AnyAction } from '../../core/service';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
} from './deleteMessage';
import type { Sqs } from './find';
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from './moveTasks';
import { createQueue, deleteQueue, setQueueAttributes } from './putQueue';
import {
  getQueueAttributes,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  purgeQueue,
} from './queues';
import { receiveMessage } from './receiveMessage';
import { sendMessage, sendMessageBatch } from './sendMessage';

export const sqsActions = (sqs: Sqs): Readonly<Record<string, AnyAction>> => ({
  CancelMessageMoveTask: cancelMessageMoveTask(sqs),
  ChangeMessageVisibility: changeMessageVisibility(sqs),
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch(sqs),
  CreateQueue: createQueue(sqs),
  DeleteMessage: deleteMessage(sqs),
  DeleteMessageBatch: deleteMessageBatch(sqs),
  DeleteQueue: deleteQueue(sqs),
  GetQueueAttributes: getQueueAttributes(sqs),
  GetQueueUrl: getQueueUrl(sqs),
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues(sqs),
  ListMessageMoveTasks: listMessageMoveTasks(sqs),
  ListQueues: listQueues(sqs),
  PurgeQueue: purgeQueue(sqs),
  ReceiveMessage: receiveMessage(sqs),
  SendMessage: sendMessage(sqs),
  SendMessageBatch: sendMessageBatch(sqs),
  SetQueueAttributes: setQueueAttributes(sqs),
  StartMessageMoveTask: startMessageMoveTask(sqs),
});
