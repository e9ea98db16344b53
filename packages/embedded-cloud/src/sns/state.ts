import type { Statement } from '../iam/statement';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'sqs' | 'lambda' | 'email' | 'https';
  readonly endpoint: string;
  readonly rawMessageDelivery: boolean;
}

export interface Published {
  readonly id: string;
  readonly topicArn: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly subject?: string;
  /** The message for every protocol without one of its own. */
  readonly message: string;
  /** Absent if all protocols get the same message. */
  readonly byProtocol?: Readonly<Record<string, string>>;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  /** The topic's own policy. The owner's account needs none. */
  policy: Statement[];
}

export interface SnsState {
  /** By ARN. */
  readonly topics: Record<string, Topic>;
  readonly subscriptions: Subscription[];
  /** All published messages, oldest first. */
  readonly published: Published[];
}

export const emptySns = (): SnsState => ({ topics: {}, subscriptions: [], published: [] });
