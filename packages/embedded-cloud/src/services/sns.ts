import { AwsError } from '../core/errors';
import { serviceIsAllowed } from '../iam/resource-policy';
import type { AnyAction, Region, Service } from '../core/service';
import { publish } from '../sns/publish';
import { emptySns, type Published, type SnsState, type Subscription } from '../sns/state';

declare module '../core/service' {
  interface Services {
    sns: SnsService;
  }
}

export class SnsService implements Service<SnsState> {
  state = emptySns();
  readonly actions: Readonly<Record<string, AnyAction>>;

  constructor(private readonly region: Region) {
    this.actions = { Publish: publish(this) };
  }

  createTopic(name: string): string {
    const arn = this.region.arn('sns', name);
    this.state.topics[arn] = { arn, name, policy: [] };
    return arn;
  }

  subscribe(subscription: Omit<Subscription, 'arn'>): void {
    const arn = `${subscription.topicArn}:${this.region.newId()}`;
    this.state.subscriptions.push({ ...subscription, arn });
  }

  /**
   * Publishes for an AWS service, or for a caller whose permission was checked. Messages are delivered after a
   * delay.
   *
   * @param onBehalf a service that the topic's policy must allow to publish (`events.amazonaws.com`)
   * @param byProtocol messages for protocols that get another than `message`
   * @throws AwsError NotFound; AuthorizationError
   * @returns the message's id
   */
  publish(
    topicArn: string,
    message: string,
    subject?: string,
    onBehalf?: { readonly principal: string; readonly sourceArn: string },
    byProtocol?: Published['byProtocol'],
  ): string {
    const topic = this.state.topics[topicArn];
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', { statusCode: 404 });
    if (onBehalf) this.judge(topicArn, onBehalf);
    const id = this.region.newId();
    const published: Published = {
      id,
      topicArn,
      at: this.region.now(),
      message,
      ...(subject === undefined ? {} : { subject }),
      ...(byProtocol === undefined ? {} : { byProtocol }),
    };
    this.state.published.push(published);
    for (const subscription of this.state.subscriptions) {
      if (subscription.topicArn !== topicArn) continue;
      const delayMs = this.region.chance.around(this.region.timings.eventMs, this.region.timings.spread);
      this.region.schedule(delayMs, 'sns', 'deliver', { subscription, published });
    }
    return id;
  }

  private judge(topicArn: string, { principal, sourceArn }: { principal: string; sourceArn: string }): void {
    const context = { 'aws:sourcearn': sourceArn, 'aws:sourceaccount': this.region.account };
    const requirement = { action: 'sns:Publish', resource: topicArn, context };
    if (serviceIsAllowed(this.state.topics[topicArn]?.policy ?? [], principal, requirement)) return;
    const message =
      `User: ${principal} is not authorized to perform: SNS:Publish on resource: ${topicArn} ` +
      'because no resource-based policy allows the SNS:Publish action';
    throw new AwsError('AuthorizationError', message, { statusCode: 403 });
  }

  due(_kind: string, payload: unknown): void {
    const { subscription, published } = payload as { subscription: Subscription; published: Published };
    const { endpoint, protocol, rawMessageDelivery, topicArn } = subscription;
    const message = published.byProtocol?.[protocol] ?? published.message;
    if (protocol === 'sqs') {
      const body = rawMessageDelivery ? message : JSON.stringify(this.notification(published, message));
      this.toQueue(endpoint, body, topicArn);
    } else if (protocol === 'lambda') {
      const record = {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription.arn,
        Sns: this.notification(published, message),
      };
      this.region.service('lambda').invokeAsync(endpoint, { Records: [record] });
    }
    // Mail and web hooks leave the cloud. Only `published` shows them.
  }

  /** If the queue is gone or does not allow the topic to send, SNS gives up, as for any client-side error. */
  private toQueue(queueArn: string, body: string, topicArn: string): void {
    try {
      const onBehalf = { principal: 'sns.amazonaws.com', sourceArn: topicArn };
      this.region.service('sqs').send(queueArn, body, {}, onBehalf);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  private notification({ id, topicArn, at, subject }: Published, message: string): Record<string, unknown> {
    return {
      Type: 'Notification',
      MessageId: id,
      TopicArn: topicArn,
      ...(subject === undefined ? {} : { Subject: subject }),
      Message: message,
      Timestamp: new Date(at).toISOString(),
    };
  }
}

export const makeSns = (region: Region): SnsService => new SnsService(region);
