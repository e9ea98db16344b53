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
  /** The one that every protocol gets that has none of its own. */
  readonly message: string;
  /** Absent where all get the same. */
  readonly byProtocol?: Readonly<Record<string, string>>;
}

export interface Topic {
  readonly arn: string;
  readonly name: string;
  /** The topic's own policy, besides the owner's account. */
  policy: Statement[];
}

export interface SnsState {
  /** By ARN. */
  readonly topics: Record<string, Topic>;
  readonly subscriptions: Subscription[];
  /** Everything that was published, oldest first. */
  readonly published: Published[];
}

export const emptySns = (): SnsState => ({ topics: {}, subscriptions: [], published: [] });
