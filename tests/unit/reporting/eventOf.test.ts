import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { matchesPattern } from '@forseti/embedded-cloud';
import { eventOf, eventSource } from '../../../lib/reporting/eventOf';
import { compileStack } from '../../../cli/local/stack';
import { notices, record, rollback, secrets, secureStrings, endedAs } from './records';

const folder = join(__dirname, '../../../events/schemas');
const fileOf = (detailType: string): string =>
  join(folder, `${detailType.toLowerCase().replaceAll(' ', '-')}.schema.json`);

/** The event as the bus delivers it. */
const envelope = (name: string) => {
  const { detailType, detail, resources } = eventOf(notices[name] as never);
  return {
    version: '0',
    id: '0b1d6b2e-7c1a-4f57-8f0e-2b9a4c7d1e35',
    'detail-type': detailType,
    source: eventSource,
    account: '123456789012',
    time: '2026-11-22T08:00:00Z',
    region: 'eu-west-1',
    resources: [...resources],
    detail: JSON.parse(JSON.stringify(detail)) as Record<string, unknown>,
  };
};

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
/** The problems of an event by the published schema of its detail-type; empty if it is valid. */
const problems = (event: ReturnType<typeof envelope>): string => {
  const file = fileOf(event['detail-type']);
  if (!existsSync(file)) return `no schema ${file}`;
  const check =
    ajv.getSchema(file) ??
    ajv.addSchema(JSON.parse(readFileSync(file, 'utf8')) as object, file).getSchema(file);
  return check?.(event) === true ? '' : ajv.errorsText(check?.errors ?? []);
};

describe.each(Object.keys(notices))('The event of %s', (name) => {
  test('The event is valid by its published schema', () => {
    expect(problems(envelope(name))).toBe('');
  });

  test('The event holds no secret and no variable', () => {
    const text = JSON.stringify(envelope(name));
    for (const secret of [
      ...Object.values(secrets),
      ...Object.values(secureStrings),
      record.settings.provisioning.extraVars.smtp_password as string,
    ])
      expect(text).not.toContain(secret);
    expect(text).not.toContain('extraVars');
  });
});

test('The output of a failed step is freed of secrets and cut', () => {
  const printed = `login with ${secrets.password} failed ${'x'.repeat(10_000)}`;
  const { detail } = eventOf(endedAs('RolledBack', { message: printed }));
  expect(detail.message).toContain('login with (hidden) failed');
  expect(String(detail.message).length).toBeLessThanOrEqual(2_000);
});

test.each([
  ['a deployment', undefined, 'Deployment Ended'],
  ['a rollback', 'rollback', 'Rollback Ended'],
] as const)(
  'The event of %s that had no record is made from what its machine is for',
  (_, of, detailType) => {
    const { record: none, ...rest } = endedAs('Rejected');
    void none;
    const event = eventOf({ ...rest, record: undefined, ...(of && { of }) });
    expect(event.detailType).toBe(detailType);
    expect(event.detail).toMatchObject({ deployment: record.deployment, outcome: 'Rejected' });
  },
);

test('A rollback ends as a rollback, with the version that it went to', () => {
  const { detailType, detail } = eventOf(endedAs('RolledBack', {}, rollback));
  expect([detailType, detail.version, detail.kind]).toEqual(['Rollback Ended', 'v1', 'rollback']);
});

test('No rule of Forseti matches its own events, which would be a loop', async () => {
  const { template } = await compileStack(process.cwd());
  const patterns = Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Events::Rule' && 'EventPattern' in (Properties ?? {})
      ? [(Properties as unknown as { EventPattern: never }).EventPattern]
      : [],
  );
  expect(patterns.length).toBeGreaterThan(5);
  for (const name of Object.keys(notices))
    expect(patterns.filter((pattern) => matchesPattern(pattern, envelope(name)))).toEqual([]);
});
