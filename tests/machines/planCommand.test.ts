import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { changes, savedStack } from './support/commandLine';
import { startTestStack } from './support/testStack';

const setUp = savedStack(() => startTestStack({ group: { instances: 2 } }));

test('Two plans are alike and change nothing', async () => {
  const { stack, typed } = await setUp();
  const first = await typed('plan', 'api', 'v2');
  expect(first).toMatchObject({ code: exitCodes.done, note: '' });
  expect(first.out).toMatch(/v2/);
  expect(await typed('plan', 'api', 'v2')).toEqual(first);
  expect(changes(stack)).toEqual([]);
});

test('A deployment that would be rejected is shown with every check that fails, with exit code 3', async () => {
  const { stack, typed } = await setUp();
  stack.group().suspended = { Launch: 'by hand' };
  expect((await typed('freeze', 'api', '--reason', 'on-sale')).code).toBe(exitCodes.done);
  const before = changes(stack).length;
  const { code, out } = await typed('plan', 'api', 'v2', '--format', 'json');
  expect(code).toBe(exitCodes.rejected);
  expect(JSON.parse(out)).toMatchObject({ ready: false });
  expect(out).toMatch(/on-sale/);
  expect(out).toContain('Group api has Launch suspended');
  expect(changes(stack)).toHaveLength(before);
});

test.each<[string, string[], number, RegExp]>([
  ['a version with a blank', ['plan', 'api', 'v 2'], exitCodes.usage, /version/],
  ['no image', ['plan', 'api', 'v2', '--image', 'x'], exitCodes.usage, /expected one such as ami-0123/],
  ['an unknown price', ['plan', 'api', 'v2', '--price', 'x=1'], exitCodes.usage, /one of .*vcpuHour/],
  ['an unknown strategy', ['plan', 'api', 'v2', '--strategy', 'x'], exitCodes.usage, /golden-instance/],
  ['no version', ['plan', 'api'], exitCodes.usage, /missing required argument 'version'/],
  ['an unknown application', ['plan', 'apo', 'v2'], exitCodes.rejected, /"api"/],
])('The command refuses %s and touches nothing', async (_what, words, code, message) => {
  const { stack, typed } = await setUp();
  const answer = await typed(...words);
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.note).toMatch(message);
  expect(changes(stack)).toEqual([]);
});

test('While a deployment runs, the plan of another reports it with exit code 3, and disturbs nothing', async () => {
  const { stack, typed } = await setUp();
  const running = await stack.start({ application: 'api', version: 'v2' }, 'running');
  await stack.cloud.advance(60_000);
  const { code, out } = await typed('plan', 'api', 'v3');
  expect([code, /running/.test(out)]).toEqual([exitCodes.rejected, true]);
  expect((await stack.ended(running)).outcome).toBe('Deployed');
});

test('Without its group nothing can be planned, with exit code 3', async () => {
  const { stack, typed } = await setUp();
  delete stack.region.service('autoscaling').state.groups.api;
  const { code, note } = await typed('plan', 'api', 'v2');
  expect([code, /api does not exist/.test(note)]).toEqual([exitCodes.rejected, true]);
});

const fileWith = (application: string, alarms: object): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'forseti-settings-')), 'forseti.yml');
  const provisioning = { source: { s3: 's3://acme-provisioning/api.tar.gz' } };
  writeFileSync(
    file,
    JSON.stringify({
      applications: { [application]: { group: application, provisioning, scaling: { alarms } } },
    }),
  );
  return file;
};

test('Apply refuses an alarm whose name an application of another file has', async () => {
  const { typed } = await setUp();
  const alarm = { metric: 'RequestCount', threshold: 1 };
  expect(await typed('apply', fileWith('api', { 'v2-errors': alarm }))).toMatchObject({ code: 0 });
  const file = fileWith('api-v2', { errors: alarm });
  const refused = await typed('apply', file);
  expect(refused.code).toBe(exitCodes.usage);
  expect(refused.note).toMatch(/would be the alarm forseti-STAGE-api-v2-errors, as "v2-errors" of "api"/);
  expect((await typed('plan', 'api-v2', 'v2')).note).toMatch(/no application "api-v2"/);
  expect((await typed('apply', fileWith('api-v2', { faults: alarm }))).code).toBe(0);
});
