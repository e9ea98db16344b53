import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { messageOf, nameOf } from '../aws/failure';
import type { ProbeItem } from './regionsTable';

export interface ProbeTools {
  /** A client of the region that is probed. */
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
  /** A signal that fires after so many milliseconds. */
  readonly timeout: (ms: number) => AbortSignal;
}

export type Probed =
  { readonly well: true; readonly tookMs: number } | { readonly well: false; readonly failure: string };

/** Sending and receiving take about 50 ms together. A region that takes longer than this is not well. */
export const probeWithinMs = 15_000;
const waitSeconds = 2;
const ownWithinMs = 5_000;

/** Sends a message through a queue of the other region and receives it again; never throws. */
export const probe = async (tools: ProbeTools): Promise<Probed> => {
  const startedAt = tools.clock();
  const signal = tools.timeout(probeWithinMs);
  try {
    const id = tools.newId();
    await tools.sqs.send(new SendMessageCommand({ QueueUrl: tools.queueUrl, MessageBody: id }), {
      abortSignal: signal,
    });
    while (tools.clock() - startedAt < probeWithinMs)
      if (await receive(id, tools, signal)) return { well: true, tookMs: tools.clock() - startedAt };
    return {
      well: false,
      failure: `A message that was sent did not come within ${String(probeWithinMs)} ms.`,
    };
  } catch (error) {
    return { well: false, failure: `${nameOf(error)}: ${messageOf(error)}`.slice(0, 512) };
  }
};

/**
 * Whether this region's own queue takes a message. If it does not, this region has the trouble, and its finding about the other says
 * nothing. The other region's probe receives and deletes the message. Never throws.
 */
export const takesMessages = async ({ sqs, queueUrl, newId, timeout }: ProbeTools): Promise<boolean> => {
  const signal = timeout(ownWithinMs);
  const send = sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: newId() }), {
    abortSignal: signal,
  });
  return send.then(
    () => true,
    () => false,
  );
};

/** Other messages are earlier probes that nobody waits for any more: they are deleted, too. */
const receive = async (id: string, { sqs, queueUrl }: ProbeTools, signal: AbortSignal): Promise<boolean> => {
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: waitSeconds }),
    { abortSignal: signal },
  );
  await Promise.all(
    messages.map(({ ReceiptHandle }) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }), { abortSignal: signal }),
    ),
  );
  return messages.some(({ Body }) => Body === id);
};

/** Counts this probe to those in a row. */
export const counted = (
  before: ProbeItem | undefined,
  probed: Probed,
  place: Pick<ProbeItem, 'name' | 'from' | 'at'>,
): ProbeItem =>
  probed.well
    ? { ...place, bad: 0, good: (before?.good ?? 0) + 1, tookMs: probed.tookMs }
    : { ...place, bad: (before?.bad ?? 0) + 1, good: 0, failure: probed.failure };
