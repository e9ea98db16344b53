import { DeregisterImageCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ask } from '../../cli/session/ask';
import type { WayBack } from '../../lib/rollback/wayBack';
import { minuteMs } from './support/acts';
import { changesOfFleet, refusedByIam } from './support/calls';
import { commandLineOn } from './support/commandLine';
import { releasesOf } from './support/snapshot';
import { rested } from './support/rested';
import type { TestStack } from './support/testStack';

jest.setTimeout(60_000);

const golden = {
  settings: { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
};
const asked = async ({ session }: TestStack): Promise<WayBack | undefined> =>
  (await ask<{ applications: WayBack[] }>(session, 'WayBack', {})).applications[0];
const loses = async (stack: TestStack, version: string): Promise<void> => {
  const image = (await releasesOf(stack)).find((release) => release.version === version)?.image;
  await stack.session.connect(EC2Client).send(new DeregisterImageCommand({ ImageId: image }));
};

test('The way back of a fleet that is well is named by doctor, status and plan, and nothing is changed', async () => {
  const stack = await rested(golden, 'v2');
  const before = changesOfFleet(stack).length;
  const typed = commandLineOn(stack.session);
  expect(await asked(stack)).toMatchObject({ release: { name: 'v1' }, problems: [] });
  const doctor = await typed('doctor');
  expect([doctor.code, doctor.out]).toEqual([
    0,
    expect.stringMatching(/api would go back to v1 \(ami-\w+, version 1/),
  ]);
  expect((await typed('status', 'api')).out).toMatch(/way back {2}v1 \(ami-/);
  const plan = await typed('plan', 'api', 'v3');
  expect(plan.out).toMatch(/good release +v2 \(ami-\w+\): the way back/);
  expect(plan.out).toMatch(/way back +the group can launch an instance now/);
  expect(changesOfFleet(stack)).toHaveLength(before);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A running release whose image is gone is an alarm of doctor, and seen in status and plan', async () => {
  const stack = await rested(golden, 'v2');
  const typed = commandLineOn(stack.session);
  await loses(stack, 'v2');
  const words = /Image ami-\w+ of v2, which runs, is gone: group api can launch no instance/;
  const doctor = await typed('doctor');
  expect(doctor.code).toBe(1);
  expect(doctor.out).toMatch(words);
  expect(doctor.out).not.toContain('All is well');
  expect((await typed('status', 'api')).out).toMatch(words);
  expect((await typed('plan', 'api', 'v3')).out).toMatch(words);
});

test('A way back whose image is gone is an alarm before it is needed', async () => {
  const stack = await rested(golden, 'v2');
  await loses(stack, 'v1');
  const doctor = await commandLineOn(stack.session)('doctor');
  expect([doctor.code, doctor.out]).toEqual([1, expect.stringMatching(/Image ami-\w+ of api v1 is gone/)]);
  expect((await stack.rollBack()).outcome).toBe('Rejected');
});

test('While a deployment runs, what it has suspended is no problem', async () => {
  const stack = await rested({ settings: { strategy: 'deploy-and-snapshot' } }, 'v2');
  await stack.start({ application: 'api', version: 'v3' }, 'to-v3');
  await stack.cloud.advance(2 * minuteMs);
  expect(Object.keys(stack.group().suspended)).toContain('Launch');
  expect(await asked(stack)).toMatchObject({ release: { name: 'v2' }, problems: [] });
});
