/** Services of which the project calls one or two actions. */
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Contract, differs } from './contract';

const byName = { AttributeKey: 'EventName', AttributeValue: 'DeletePolicy' } as const;

export const small: readonly Contract[] = [
  {
    service: 'cloudtrail',
    holds: 'looks up events by the name of their action',
    run: async (world) => {
      const LookupAttributes = [byName];
      await world.see(CloudTrailClient, new LookupEventsCommand({ LookupAttributes }), {
        Events: (events: { EventName: string }[]) =>
          events.every(({ EventName }) => EventName === byName.AttributeValue),
      });
    },
  },
  {
    service: 'cloudtrail',
    ...differs(
      'ministack',
      'LookupEvents',
      'looks up by two attributes at once',
      'https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html',
    ),
    holds: 'looks up events by one attribute, and by no second one',
    run: async (world) => {
      const LookupAttributes = [byName, byName];
      await world.refused(CloudTrailClient, new LookupEventsCommand({ LookupAttributes }), {
        error: 'InvalidLookupAttributesException',
      });
    },
  },
  {
    service: 'sts',
    holds: 'says whose account it is',
    run: async (world) => {
      await world.see(STSClient, new GetCallerIdentityCommand({}), {
        Account: '111122223333',
        Arn: /^arn:aws:(iam|sts)::111122223333:/,
      });
    },
  },
  {
    service: 'sns',
    holds: 'publishes to a topic, and to none that is not there',
    run: async (world) => {
      const TopicArn = await world.host.topic(world.name('contract'));
      const message = { Message: 'deployed', Subject: 'api' };
      await world.see(SNSClient, new PublishCommand({ ...message, TopicArn }), {
        MessageId: /^[\da-f-]{36}$/,
      });
      await world.refused(SNSClient, new PublishCommand({ ...message, TopicArn: `${TopicArn}-other` }), {
        error: 'NotFoundException',
      });
    },
  },
  {
    service: 'events',
    holds: 'takes an event, and answers an id for each',
    run: async (world) => {
      const entry = { Source: 'acme', DetailType: 'Tag', Detail: '{"tag":"v1"}' };
      await world.see(EventBridgeClient, new PutEventsCommand({ Entries: [entry, entry] }), {
        FailedEntryCount: 0,
        Entries: [{ EventId: /^[\da-f-]{36}$/ }, { EventId: /^[\da-f-]{36}$/ }],
      });
    },
  },
  {
    service: 'servicequotas',
    holds: 'lists the quotas of a service, and none of a service that does not exist',
    run: async (world) => {
      await world.see(ServiceQuotasClient, new ListServiceQuotasCommand({ ServiceCode: 'ec2' }), {
        Quotas: (quotas: { ServiceCode: string }[]) =>
          quotas.length > 0 && quotas.every(({ ServiceCode }) => ServiceCode === 'ec2'),
      });
      await world.refused(ServiceQuotasClient, new ListServiceQuotasCommand({ ServiceCode: 'none' }), {
        error: 'NoSuchResourceException',
      });
    },
  },
  {
    service: 'servicequotas',
    ...differs(
      'moto',
      'GetServiceQuota',
      "knows the quotas of a network's alone",
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html',
    ),
    holds: 'tells how many virtual processors may run, and no quota that does not exist',
    run: async (world) => {
      const ec2 = { ServiceCode: 'ec2' };
      await world.see(ServiceQuotasClient, new GetServiceQuotaCommand({ ...ec2, QuotaCode: 'L-1216C47A' }), {
        Quota: { QuotaCode: 'L-1216C47A', ServiceCode: 'ec2', Value: (value: number) => value > 0 },
      });
      await world.refused(
        ServiceQuotasClient,
        new GetServiceQuotaCommand({ ...ec2, QuotaCode: 'L-00000000' }),
        {
          error: 'NoSuchResourceException',
        },
      );
    },
  },
];
