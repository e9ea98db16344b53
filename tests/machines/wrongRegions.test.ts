/** Stacks that were deployed with the wrong regions: doctor names what is wrong, and nothing crashes. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Cloud, installStack } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../cli/session/cloudSession';
import { compileStack } from '../../cli/local/stack';
import { readHealth } from '../../cli/queries/health';
import { problemsOf } from '../../lib/health/checks';

jest.setTimeout(60_000);

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;

/** A cloud with stacks in regions, each with its parameters; a person looks from the last of them. */
const make = async (stacks: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
  const cloud = Cloud.make({
    regions: Object.keys(stacks).at(-1) === standby ? [standby, home] : [home, standby],
    seed: 1,
  });
  const compiled = await compileStack(process.cwd());
  for (const [region, parameters] of Object.entries(stacks))
    await installStack(cloud, compiled, { region, stackName: 'forseti-production', parameters });
  return cloud;
};

/** What doctor says of the regions. */
const told = async (cloud: Cloud) => {
  const session = sessionOnCloud(cloud);
  const facts = await readHealth(session, process.cwd(), 'production');
  return problemsOf(facts).filter(({ subject }) => subject === 'regions');
};

const ask = async (cloud: Cloud, name: string, input: object) => {
  const { Payload: payload, FunctionError: failed } = await sessionOnCloud(cloud)
    .connect(LambdaClient)
    .send(
      new InvokeCommand({
        FunctionName: `forseti-production-${name}`,
        Payload: new TextEncoder().encode(JSON.stringify(input)),
      }),
    );
  return { failed, answer: JSON.parse(new TextDecoder().decode(payload)) as { message: string } };
};

const pair = { HomeRegion: home, StandbyRegion: standby };

test('A stack as shipped has one region, its own, and doctor finds nothing wrong with it', async () => {
  const cloud = await make({ [home]: {} });
  expect(await told(cloud)).toEqual([]);
});

test('A standby that is named and was never deployed is named', async () => {
  const [found, ...others] = await told(await make({ [home]: pair }));
  expect(others).toEqual([]);
  expect(found?.what).toMatch(/^The stack names eu-central-1 as the other region, where there is none/);
});

test('A standby that was deployed without its home is named, and Failover and Failback say what is missing', async () => {
  const cloud = await make({ [home]: {}, [standby]: pair });
  const found = await told(cloud);
  expect(found.map(({ what }) => what)).toEqual([
    expect.stringMatching(
      /^The stacks disagree: here home is eu-west-1 and the standby eu-central-1; in eu-west-1 .* the standby none/,
    ),
    expect.stringMatching(/^There is no table forseti-production-regions in eu-central-1/),
  ]);
  for (const name of ['Failover', 'Failback'])
    for (const input of [{ by: 'ada', reason: 'test' }, { status: true }, {}]) {
      const { failed, answer } = await ask(cloud, name, input);
      expect([failed, answer.message]).toEqual([
        undefined,
        expect.stringMatching(
          /^There is no table of regions in eu-central-1, so nothing can fail over or back/,
        ),
      ]);
    }
});

test('A stack in a region that is neither home nor standby is named', async () => {
  const cloud = await make({ [home]: { HomeRegion: 'us-east-1', StandbyRegion: 'us-west-2' } });
  const found = await told(cloud);
  expect(found.map(({ what }) => what)).toEqual([
    'The stack in eu-west-1 takes us-east-1 for home and us-west-2 for the standby, and is neither: nobody sends it requests.',
  ]);
});
