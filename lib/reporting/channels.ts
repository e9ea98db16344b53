import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { connect } from '../aws/connect';

/** Where notices go: topics, which people read, and the default event bus, to which programs listen. */
export interface Channels {
  readonly sns: SNSClient;
  readonly eventBridge: EventBridgeClient;
}

export const connectChannels = (region: string): Channels => ({
  sns: connect(SNSClient, region),
  eventBridge: connect(EventBridgeClient, region),
});
