import { Command } from 'commander';
import type { CloudState } from '@forseti/embedded-cloud';
import { addReplace } from '../../cli/commands/replace';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { contextWith, keptTerminal } from '../unit/cli/support';
import { minuteMs } from './support/acts';
import { ownEvents, problemsOf } from './support/busEvents';
import { refusedByIam } from './support/calls';
import { told } from './support/snapshot';
import { startTestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);
let saved: CloudState;
const maintenance = { replace: true, hours: { from: '02:00', to: '05:00' } };
beforeAll(async () => {
  const watched = { group: { instances: 3 }, settings: { maintenance }, watchesInstances: true };
  saved = (await startTestStack(watched)).cloud.snapshot();
});

const stand = async (options: TestStackOptions = { from: saved }) => {
  const stack = await startTestStack({ watchesInstances: true, ...options });
  const run = async (...words: string[]) => {
    const terminal = keptTerminal();
    const context = contextWith(terminal, { open: async () => stack.session });
    const program = new Command();
    addReplace(program, context);
    await program.parseAsync(['node', 'forseti', 'replace', ...words]);
    return { code: context.exitCode, out: terminal.outs.join('\n'), note: terminal.notes.join('\n') };
  };
  const ids = () => Object.keys(stack.group().instances).sort();
  const [id = ''] = ids();
  return { stage: stack, run, ids, id };
};

test('An instance is replaced by one of the same release; the record says by whom and why', async () => {
  const { stage: stack, run, ids, id } = await stand();
  const seen = ownEvents(stack);
  const before = ids();
  const { code, out } = await run('api', id, '--reason', 'its disk is slow');
  expect([code, out]).toEqual([
    exitCodes.done,
    `Replaced  ${id} is replaced; api serves in full without it.`,
  ]);
  const after = ids();
  expect(after).toHaveLength(before.length);
  expect(before.filter((one) => !after.includes(one))).toEqual([id]);
  expect(new Set(after.map((one) => stack.instance(one).imageId)).size).toBe(1);
  expect(seen.map(({ detailType, detail }) => [detailType, detail.outcome, detail.reason])).toEqual([
    ['Replacement Ended', 'Replaced', 'its disk is slow'],
  ]);
  expect(seen.map(problemsOf)).toEqual(['']);
  expect(refusedByIam(stack)).toEqual([]);
  // A second run has nothing to do, and takes no other instance.
  const again = await run('api', id, '--format', 'json');
  expect(again.code).toBe(exitCodes.rejected);
  expect(again.out).toContain(`${id} is no member of group api.`);
  expect(ids()).toEqual(after);
});

test('While a deployment runs a replacement is refused with exit code 6, and the lock stays with the deployment', async () => {
  const { stage: stack, run, id, ids } = await stand();
  const deployment = await stack.start({ application: 'api', version: 'v2' }, 'running');
  await stack.cloud.advance(30_000);
  const before = ids();
  const { code, out } = await run('api', id);
  expect(code).toBe(exitCodes.inProgress);
  expect(out).toContain('is locked by running');
  expect(ids()).toEqual(before);
  expect((await stack.ended(deployment)).outcome).toBe('Deployed');
});

test('A deployment that was stopped is repaired first, with exit code 6', async () => {
  const { stage: stack, run, id } = await stand();
  const deployment = await stack.start({ application: 'api', version: 'v2' }, 'stopped');
  await stack.cloud.advance(60_000);
  await stack.stop(deployment);
  expect((await run('api', id)).code).toBe(exitCodes.inProgress);
  expect(Object.keys(stack.group().instances)).toContain(id);
});

test('All obstacles are reported with exit code 3, and nothing is touched', async () => {
  const { stage: stack, run, id, ids } = await stand();
  stack.group().suspended.Launch = 'somebody';
  const before = ids();
  const { code, out } = await run('api', id, '--format', 'json');
  expect(code).toBe(exitCodes.rejected);
  expect(JSON.parse(out)).toMatchObject({
    outcome: 'Rejected',
    error: 'Refused',
    message: expect.stringContaining('Launch of api is suspended') as string,
  });
  expect(ids()).toEqual(before);
});

test('A malformed instance id is bad usage, and starts nothing', async () => {
  const { stage: stack, run } = await stand();
  const running = () => Object.keys(stack.region.service('states').state.executions).length;
  const before = running();
  await expect(run('api', 'web-1')).rejects.toThrow('expected the id of an instance');
  await expect(run('nowhere', 'i-0123456789abcdef0')).rejects.toThrow('nowhere');
  expect(running()).toBe(before);
});

test('A deployment just after a replacement finds the fleet free', async () => {
  const { stage: stack, run, id } = await stand();
  await run('api', id, '--no-wait');
  await stack.cloud.advance(10_000);
  expect((await stack.deploy({ application: 'api', version: 'v2' })).outcome).toBe('Deployed');
  expect(Object.keys(stack.group().instances)).not.toContain(id);
});

test('A rollback during a replacement does not wait for the new instance', async () => {
  const { stage: stack, run, id } = await stand();
  expect((await stack.deploy({ application: 'api', version: 'v2' })).outcome).toBe('Deployed');
  await run('api', id, '--no-wait');
  await stack.cloud.advance(2_000);
  const rollback = await stack.start({ application: 'api' }, 'back', stack.session.names.rollbackMachineArn);
  const { outcome, path } = await stack.ended(rollback);
  expect(outcome).toBe('RolledBack');
  expect(path).not.toContain('Undo');
});

test('An instance that EC2 is going to retire is replaced in the maintenance hours, once, and is reported with its time', async () => {
  const { stage: stack, ids, id } = await stand();
  const seen = ownEvents(stack);
  const before = ids();
  stack.instance(id).maintenanceEvents.push(
    ...(['instance-retirement', 'instance-stop'] as const).map((code, index) => ({
      id: `instance-event-${String(index)}`,
      code,
      description: 'degraded hardware',
      notBefore: stack.cloud.now() + 3 * 24 * 60 * minuteMs,
    })),
  );
  await stack.cloud.advance(6 * minuteMs);
  const planned = String(seen[0]?.detail.replacedAfter);
  expect(planned).toMatch(/T0[234]:/);
  expect(seen.map(({ detailType }) => detailType)).toEqual(['Instance Maintenance', 'Instance Maintenance']);
  expect(ids()).toEqual(before);
  await stack.cloud.advance(Date.parse(planned) - stack.cloud.now() + 20 * minuteMs);
  expect(
    seen.slice(2).map(({ detailType, detail }) => [detailType, detail.outcome, detail.requestedBy]),
  ).toEqual([['Replacement Ended', 'Replaced', 'Forseti']]);
  expect(before.filter((one) => !ids().includes(one))).toEqual([id]);
  expect(seen.map(problemsOf).join('')).toBe('');
  expect(refusedByIam(stack)).toEqual([]);
});

test('A replacement that could not be done in one night is reported, and planned for the next', async () => {
  const { stage: stack, ids, id } = await stand();
  const seen = ownEvents(stack);
  stack.group().suspended.Launch = 'somebody';
  stack.instance(id).maintenanceEvents.push({
    id: 'instance-event-1',
    code: 'instance-retirement',
    description: 'degraded hardware',
    notBefore: stack.cloud.now() + 5 * 24 * 60 * minuteMs,
  });
  await stack.cloud.advance(6 * minuteMs);
  const first = Date.parse(String(seen[0]?.detail.replacedAfter));
  await stack.cloud.advance(first - stack.cloud.now() + 4 * 60 * minuteMs);
  expect(seen.map(({ detailType, detail }) => [detailType, detail.outcome])).toEqual([
    ['Instance Maintenance', undefined],
    ['Replacement Ended', 'Rejected'],
    ['Instance Maintenance', undefined],
  ]);
  delete stack.group().suspended.Launch;
  const second = Date.parse(String(seen[2]?.detail.replacedAfter));
  expect(second - first).toBeGreaterThan(12 * 60 * minuteMs);
  await stack.cloud.advance(second - stack.cloud.now() + 20 * minuteMs);
  expect(ids()).not.toContain(id);
});

test('If no new instance comes in its place, somebody is paged', async () => {
  const { stage: stack, run, id } = await stand();
  stack.region.service('ec2').state.capacityLimits.push({ remaining: 0 });
  const { code, out } = await run('api', id);
  expect(code).toBe(exitCodes.dirty);
  expect(out).toContain('nothing serves in its place');
  expect(out).toContain('aws autoscaling describe-scaling-activities --auto-scaling-group-name api');
  expect(JSON.stringify(told(stack).filter(({ topic }) => topic.endsWith('-paging')))).toContain(id);
  // As soon as three launches in a row have failed, and with what AWS says of them.
  expect(out).toMatch(/3 launches of group api failed in a row: .*InsufficientInstanceCapacity/);
});

test('What keeps the new instance for ten minutes is told once, in the words of AWS', async () => {
  const { stage: stack, run, id } = await stand();
  Object.assign(stack.group(), {
    hooks: {
      warmup: {
        name: 'warmup',
        transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        timeoutSeconds: 7_200,
        defaultResult: 'ABANDON',
      },
    },
  });
  const { code, out } = await run('api', id);
  expect(code).toBe(exitCodes.dirty);
  expect(out).toMatch(/Pending:Wait, held by lifecycle hook warmup/);
  const stalled = told(stack).filter(({ subject }) => /nothing serves yet in place of/.test(subject));
  expect(stalled).toHaveLength(1);
  expect(stalled[0]?.message).toMatch(/held by lifecycle hook warmup/);
});
