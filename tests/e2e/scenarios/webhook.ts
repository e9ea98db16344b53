import { strict as assert } from 'node:assert';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { until } from '../checks';
import { account } from '../emulators';
import { endOf, executionsOf } from '../executions';
import { makeFleet } from '../fleet';
import { deliver, githubPush, webhookSecret } from '../requests';
import { regions, type World } from '../world';
import type { Scenario } from './index';

const requestsQueue = (world: World): string =>
  `${world.proxy.endpoint}/${account}/forseti-production-requests`;

/** The deployment that a tag led to, in the fleet's region. */
const deploymentOf = (world: World, version: string) =>
  until(
    `A deployment of ${version}`,
    async () => (await executionsOf(world)).find(({ name }) => name?.startsWith(`api-${version}-`)),
    (found) => found !== undefined,
    45_000,
  );

/** While the work runs, sending to home's queue is denied. */
const withHomeRefusing = async (world: World, work: () => Promise<void>): Promise<void> => {
  const sqs = world.connect(SQSClient);
  const QueueUrl = requestsQueue(world);
  const { Attributes: { Policy = '' } = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
  );
  const policy = JSON.parse(Policy) as { Statement: object[] };
  const deny = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:SendMessage',
    Resource: `arn:aws:sqs:${regions.home}:${account}:forseti-production-requests`,
  };
  const refusing = { ...policy, Statement: [...policy.Statement, deny] };
  await sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(refusing) } }),
  );
  try {
    await work();
  } finally {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  }
};

const sentTo = ({ proxy }: World, region: string, from: number) =>
  proxy.record.all
    .slice(from)
    .filter((seen) => seen.service === 'sqs' && /^SendMessage/.test(seen.action) && seen.region === region);

export const webhook: Scenario = {
  name: 'webhook',
  title: 'Webhooks by the function URL, and a home region that takes nothing',
  run: async (world, checks) => {
    await world.forseti('apply', 'tests/e2e/forseti.yml');
    await makeFleet(world, 'api', 3);
    await world.connect(SSMClient).send(
      new PutParameterCommand({
        Name: '/forseti/production/webhooks/github',
        Type: 'SecureString',
        Value: webhookSecret,
      }),
    );
    const push = (tag: string, commit: string) =>
      githubPush({ repository: 'acme/api', tag, commit: commit.repeat(40) });
    await checks.check('a delivery that is signed by another secret is refused with 401', async () => {
      const { status } = await deliver(world, push('v2', 'c'), { secret: 'guessed', delivery: 'delivery-0' });
      assert.equal(status, 401);
    });
    await checks.check('a signed delivery of GitHub deploys its tag', async () => {
      const { status, answer } = await deliver(world, push('v2', 'c'), { delivery: 'delivery-1' });
      assert.equal(status, 202, JSON.stringify(answer));
      const found = await deploymentOf(world, 'v2');
      const { status: end, cause } = await endOf(world, found?.executionArn ?? '');
      assert.equal(end, 'SUCCEEDED', cause);
    });
    await checks.check('the same delivery again deploys nothing', async () => {
      await deliver(world, push('v2', 'c'), { delivery: 'delivery-1' });
      const alike = (await executionsOf(world)).filter(({ name }) => name?.startsWith('api-v2-'));
      assert.equal(alike.length, 1);
    });
    await checks.check(
      'a request that home does not take goes to the standby, whose Intake starts it at home',
      () =>
        withHomeRefusing(world, async () => {
          const from = world.proxy.record.all.length;
          const { status, answer } = await deliver(world, push('v3', 'd'), { delivery: 'delivery-2' });
          assert.equal(status, 202, JSON.stringify(answer));
          const home = sentTo(world, regions.home, from);
          assert.ok(
            home.length > 0 && home.every(({ error }) => error !== undefined),
            'home was asked, and refused',
          );
          world.refusedOnPurpose.push(...home.map(({ action, region }) => `sqs:${action} in ${region}`));
          assert.ok(
            sentTo(world, regions.standby, from).some(({ error }) => error === undefined),
            'the standby took it',
          );
          await deploymentOf(world, 'v3');
        }),
    );
    await checks.check('it is deployed too', async () => {
      const found = await deploymentOf(world, 'v3');
      const { status, cause } = await endOf(world, found?.executionArn ?? '');
      assert.equal(status, 'SUCCEEDED', cause);
    });
  },
};
