import { strict as assert } from 'node:assert';
import {
  EventBridgeClient,
  ListRulesCommand,
  type Rule,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { serviceIsAllowed, statementsOf } from '@forseti/embedded-cloud';
import { account } from '../emulators';
import { regions, type RegionName, type World } from '../world';
import type { Scenario } from './index';

const policyOf = async (world: World, region: RegionName, queueArn: string): Promise<unknown> => {
  const { Attributes: attributes = {} } = await world.connect(SQSClient, region).send(
    new GetQueueAttributesCommand({
      QueueUrl: `${world.proxy.endpoint}/${account}/${queueArn.split(':').at(-1) ?? ''}`,
      AttributeNames: ['Policy'],
    }),
  );
  return JSON.parse(attributes.Policy ?? '{"Statement":[]}') as unknown;
};

/**
 * MiniStack's bus delivers without checking a queue's policy, so the embedded cloud's evaluator judges the deployed
 * policies.
 */
const mayDeliver = (policy: unknown, queueArn: string, ruleArn: string): boolean =>
  serviceIsAllowed(statementsOf([policy]), 'events.amazonaws.com', {
    action: 'sqs:SendMessage',
    resource: queueArn,
    context: { 'aws:sourcearn': ruleArn },
  });

const rulesOf = async (events: EventBridgeClient): Promise<Rule[]> => {
  const { Rules: rules = [] } = await events.send(new ListRulesCommand({ Limit: 100 }));
  return rules;
};

/** Each queue that is a rule's target or dead-letter queue. */
const deliveriesOf = async (world: World, region: RegionName) => {
  const events = world.connect(EventBridgeClient, region);
  const found: { readonly rule: string; readonly queue: string }[] = [];
  for (const { Name, Arn: rule = '' } of await rulesOf(events)) {
    const { Targets: targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    for (const { Arn, DeadLetterConfig } of targets)
      for (const queue of [Arn, DeadLetterConfig?.Arn])
        if (queue?.startsWith('arn:aws:sqs:')) found.push({ rule, queue });
  }
  return found;
};

export const closed: Scenario = {
  name: 'closed',
  title: 'What is open, and to whom',
  run: async (world, checks) => {
    for (const region of Object.values(regions))
      await checks.check(
        `queues in ${region} let in the rules that deliver to them, and no other`,
        async () => {
          const deliveries = await deliveriesOf(world, region);
          assert.ok(deliveries.length >= 15, `only ${String(deliveries.length)} deliveries are wired`);
          const problems: string[] = [];
          for (const { rule, queue } of deliveries) {
            const policy = await policyOf(world, region, queue);
            if (!mayDeliver(policy, queue, rule)) problems.push(`${rule} may not send to ${queue}`);
            for (const stranger of [`${rule}-other`, rule.replace(account, '999988887777')])
              if (mayDeliver(policy, queue, stranger)) problems.push(`${stranger} may send to ${queue}`);
          }
          assert.deepEqual(problems, []);
        },
      );
    await checks.check('another account sends nothing to the queue of requests', async () => {
      const stranger = world.connect(SQSClient, regions.home, {
        accessKeyId: '999988887777',
        maxAttempts: 1,
      });
      await assert.rejects(
        stranger.send(
          new SendMessageCommand({
            QueueUrl: `${world.proxy.endpoint}/${account}/forseti-production-requests`,
            MessageBody: '{}',
          }),
        ),
      );
    });
    await checks.check('no function was refused anything that it asked for', () => {
      const refusals = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);
      const refused = world.proxy.record.all.filter(
        ({ accessKeyId, error }) => accessKeyId.startsWith('ASIA') && refusals.has(error ?? ''),
      );
      assert.deepEqual(
        refused.map(({ service, action, region }) => `${service}:${action} in ${region}`),
        world.refusedOnPurpose,
      );
    });
  },
};
