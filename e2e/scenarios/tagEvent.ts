import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { strict as assert } from 'node:assert';
import { until } from '../checks';
import { groupOf, makeFleet, membersOf } from '../fleet';
import { executionsOf } from '../executions';
import type { World } from '../world';
import type { Scenario } from './index';

/** The event that the project ships as a sample, with another tag. */
export const pushTag = async (
  { connect, root }: World,
  repository: string,
  tag: string,
  commit: string,
): Promise<void> => {
  const sample = JSON.parse(readFileSync(join(root, 'events', 'git-tag-pushed.json'), 'utf8')) as {
    source: string;
    'detail-type': string;
    detail: object;
  };
  await connect(EventBridgeClient).send(
    new PutEventsCommand({
      Entries: [
        {
          Source: sample.source,
          DetailType: sample['detail-type'],
          Detail: JSON.stringify({ ...sample.detail, repository, tag, commit }),
        },
      ],
    }),
  );
};

export const tagEvent: Scenario = {
  title: 'A tag on the bus',
  run: async (world, checks) => {
    await makeFleet(world, 'shop', 3);
    await makeFleet(world, 'api', 3);
    await checks.check('forseti apply sends the settings', async () => {
      const { code, stderr, stdout } = await world.forseti('apply', 'e2e/forseti.yml');
      assert.equal(code, 0, stdout + stderr);
    });
    await pushTag(world, 'acme/shop', 'v2', 'a'.repeat(40));
    const [execution] = await until(
      'The execution',
      () => executionsOf(world),
      (found) => found.length > 0,
    );
    const ended = await until(
      'Its end',
      () => executionsOf(world),
      ([one]) => one?.status !== 'RUNNING',
      120_000,
    );
    console.log(execution, ended);
    console.log(
      await groupOf(world, 'shop'),
      (await membersOf(world, 'shop')).map((m) => [m.ImageId, m.Tags]),
    );
  },
};
