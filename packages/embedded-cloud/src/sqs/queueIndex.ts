/**
 * An index of a queue's messages: which can be received, and which are hidden and until when. It is derived from the
 * queue's state and never saved. A restored queue's index is rebuilt and is the same.
 */
import { fifoScanLimit, type Message, type Queue, type Recent } from './state';

interface Hidden {
  readonly at: number;
  readonly message: Message;
}

export interface QueueIndex {
  /** The messages from which it was built. */
  readonly messages: readonly Message[];
  /** In flight or delayed. */
  readonly hidden: Set<Message>;
  /** A binary heap by time. An entry is ignored if its message is gone or has another time by now. */
  readonly heap: Hidden[];
  /** Visible messages in their order. In a FIFO queue: the first message of each available group. */
  readonly ready: Message[];
  /** In a FIFO queue: the messages of each group in their order, and which of them is in `ready`. */
  readonly groups: Map<string, Message[]>;
  readonly heads: Map<string, Message>;
  readonly recent: Map<string, Recent>;
  inFlight: number;
  /** No message was sent before this time. */
  oldestSentAt: number;
}

/** The position of the message with that order, or where it would be inserted. */
export const positionOf = (list: readonly Message[], order: number): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.order ?? 0) < order) low = middle + 1;
    else high = middle;
  }
  return low;
};

const insert = (list: Message[], message: Message): void => {
  const last = list.at(-1);
  if (!last || last.order < message.order) list.push(message);
  else list.splice(positionOf(list, message.order), 0, message);
};

const takeOut = (list: Message[], message: Message): void => {
  const position = positionOf(list, message.order);
  if (list[position] === message) list.splice(position, 1);
};

const isLater = (one: Hidden | undefined, other: Hidden | undefined): boolean =>
  !!one && !!other && (one.at > other.at || (one.at === other.at && one.message.order > other.message.order));

const exchange = (heap: Hidden[], one: number, other: number): void => {
  const [first, second] = [heap[one], heap[other]];
  if (first && second) [heap[one], heap[other]] = [second, first];
};

const pushHidden = (heap: Hidden[], entry: Hidden): void => {
  heap.push(entry);
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if (!isLater(heap[parent], heap[at])) return;
    exchange(heap, parent, at);
    at = parent;
  }
};

const popHidden = (heap: Hidden[]): void => {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const child = isLater(heap[left], heap[left + 1]) ? left + 1 : left;
    if (!isLater(heap[at], heap[child])) return;
    exchange(heap, at, child);
    at = child;
  }
};

/** A group is available if its first message is visible and none of its messages is in flight. */
const isFree = (index: QueueIndex, group: readonly Message[]): boolean => {
  for (const message of group) {
    if (index.hidden.has(message)) return false;
    // Received messages precede those that were never received.
    if (message.receiveCount === 0) return true;
  }
  return group.length > 0;
};

const refreshGroup = (index: QueueIndex, groupId: string): void => {
  const group = index.groups.get(groupId) ?? [];
  if (group.length === 0) index.groups.delete(groupId);
  const head = isFree(index, group) ? group[0] : undefined;
  const before = index.heads.get(groupId);
  if (before === head) return;
  if (before) takeOut(index.ready, before);
  if (head) {
    insert(index.ready, head);
    index.heads.set(groupId, head);
  } else index.heads.delete(groupId);
};

const show = (queue: Queue, index: QueueIndex, message: Message): void => {
  if (queue.fifo) refreshGroup(index, message.groupId ?? '');
  else insert(index.ready, message);
};

const hide = (index: QueueIndex, message: Message): void => {
  index.hidden.add(message);
  if (message.receiveCount > 0) index.inFlight += 1;
  pushHidden(index.heap, { at: message.visibleAt, message });
};

const unhide = (index: QueueIndex, message: Message): boolean => {
  if (!index.hidden.delete(message)) return false;
  if (message.receiveCount > 0) index.inFlight -= 1;
  return true;
};

/** Adds a message to the index. */
export const enter = (queue: Queue, index: QueueIndex, message: Message, now: number): void => {
  index.oldestSentAt = Math.min(index.oldestSentAt, message.sentAt);
  if (queue.fifo) {
    const group = index.groups.get(message.groupId ?? '');
    if (group) insert(group, message);
    else index.groups.set(message.groupId ?? '', [message]);
  }
  if (message.visibleAt > now) hide(index, message);
  else show(queue, index, message);
};

/** Removes a message from the index. */
export const leave = (queue: Queue, index: QueueIndex, message: Message): void => {
  unhide(index, message);
  if (!queue.fifo) {
    takeOut(index.ready, message);
    return;
  }
  const group = index.groups.get(message.groupId ?? '');
  if (group) takeOut(group, message);
  refreshGroup(index, message.groupId ?? '');
};

/** Changes the time until which a message is hidden. `receiving`: a consumer receives it now. */
export const hideUntil = (
  queue: Queue,
  index: QueueIndex,
  message: Message,
  until: { readonly at: number; readonly now: number; readonly receiving?: boolean },
): void => {
  const wasHidden = unhide(index, message);
  if (!wasHidden && !queue.fifo) takeOut(index.ready, message);
  message.visibleAt = until.at;
  if (until.receiving) message.receiveCount += 1;
  if (until.at > until.now) {
    hide(index, message);
    if (queue.fifo) refreshGroup(index, message.groupId ?? '');
  } else show(queue, index, message);
};

/** Shows messages whose hidden time is over. */
const settle = (queue: Queue, index: QueueIndex, now: number): void => {
  for (let top = index.heap[0]; top && top.at <= now; top = index.heap[0]) {
    popHidden(index.heap);
    const { at, message } = top;
    if (message.visibleAt === at && unhide(index, message)) show(queue, index, message);
  }
};

const build = (queue: Queue, now: number): QueueIndex => {
  // Clouds that older versions saved have messages without an order.
  for (const [position, message] of queue.messages.entries())
    if ((message.order as number | undefined) === undefined) Object.assign(message, { order: position + 1 });
  queue.lastOrder ??= queue.messages.at(-1)?.order ?? 0;
  const index: QueueIndex = {
    messages: queue.messages,
    hidden: new Set(),
    heap: [],
    ready: [],
    groups: new Map(),
    heads: new Map(),
    recent: new Map((queue.recent ?? []).map((recent) => [recent.key, recent])),
    inFlight: 0,
    oldestSentAt: Infinity,
  };
  for (const message of queue.messages) enter(queue, index, message, now);
  return index;
};

const known = new WeakMap<Queue, QueueIndex>();

/** The queue's current index. */
export const indexOf = (queue: Queue, now: number): QueueIndex => {
  let index = known.get(queue);
  if (index?.messages !== queue.messages) {
    index = build(queue, now);
    known.set(queue, index);
  }
  settle(queue, index, now);
  return index;
};

/** When the next hidden message becomes visible (epoch milliseconds); undefined if none is hidden. */
export const nextVisibleAt = (index: QueueIndex): number | undefined => {
  for (let top = index.heap[0]; top; top = index.heap[0]) {
    if (top.message.visibleAt === top.at && index.hidden.has(top.message)) return top.at;
    popHidden(index.heap);
  }
  return undefined;
};

/** The first message that can be received. In a FIFO queue it must be among the first 120,000. */
export const firstReady = (queue: Queue, index: QueueIndex): Message | undefined => {
  const [first] = index.ready;
  if (!first || !queue.fifo) return first;
  return positionOf(queue.messages, first.order) < fifoScanLimit ? first : undefined;
};
