import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { approveSchema } from '../../../lib/deployment/approve';
import { freezeSchema, unfreezeSchema } from '../../../lib/deployment/freezeRequest';
import { haltSchema } from '../../../lib/deployment/haltRequest';
import { deployRequestSchema, parseDeployRequest } from '../../../lib/deployment/request';
import { parseAlarmEvent } from '../../../lib/intake/alarmEvent';
import { parseTagEvent } from '../../../lib/intake/tagEvent';
import { replacementSchema } from '../../../lib/replacement/replacement';
import { parseRollbackRequest, rollbackRequestSchema } from '../../../lib/rollback/request';
import { closeSchema, openSchema } from '../../../lib/switches/access/requests';
import { dueSchemaOf, endSchema } from '../../../lib/switches/base/requests';
import { maintenanceSchema } from '../../../lib/switches/maintenance/request';
import { prewarmSchema } from '../../../lib/switches/prewarm/request';

const folder = join(__dirname, '../../../events');
const read = (name: string) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
const samples = readdirSync(folder).filter((name) => name.endsWith('.json'));
const schemas = readdirSync(join(folder, 'schemas')).map((name) => name.replace('.schema.json', ''));

/** A sample's schema has the sample's name, or the longest beginning of it. */
const schemaOf = (sample: string): string =>
  schemas
    .filter((name) => sample.replace('.json', '').startsWith(name))
    .sort((a, b) => b.length - a.length)[0] ?? '';

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
const validate = (name: string, value: unknown): string => {
  const check = ajv.getSchema(name) ?? ajv.compile(read(join('schemas', `${name}.schema.json`)));
  return check(value) ? '' : ajv.errorsText(check.errors);
};

test.each(samples)('The sample %s is valid by its schema', (sample) => {
  expect(schemaOf(sample)).not.toBe('');
  ajv.removeSchema();
  expect(validate(schemaOf(sample), read(sample))).toBe('');
});

test('Every schema has a sample', () => {
  expect([...new Set(samples.map(schemaOf))].sort()).toEqual([...schemas].sort());
});

test.each(samples)('The sample %s without one of its required parts is refused', (sample) => {
  const value = read(sample);
  const [first = ''] = (read(join('schemas', `${schemaOf(sample)}.schema.json`)) as { required: string[] })
    .required;
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => name !== first));
  ajv.removeSchema();
  expect(validate(schemaOf(sample), rest)).toContain(first);
});

test('Both tag events are read as the same tag of their repositories', () => {
  const common = {
    tag: 'v2',
    commit: '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7',
    pushedAt: Date.UTC(2026, 10, 22, 8),
  };
  expect(parseTagEvent(JSON.stringify(read('git-tag-pushed.json')))).toMatchObject({
    ...common,
    repository: 'acme/api',
  });
  expect(parseTagEvent(JSON.stringify(read('codecommit-tag-created.json')))).toMatchObject({
    ...common,
    repository: 'api',
  });
});

test('The sample input is a request that the deploy machine takes', () => {
  expect(parseDeployRequest(read('deploy-input.json'))).toEqual({ application: 'api', version: 'v1.4.2' });
});

test('The sample inputs are requests that the rollback machine takes', () => {
  for (const name of ['rollback-input.json', 'rollback-input-named.json'])
    expect(parseRollbackRequest(read(name))).toEqual(read(name));
});

test('The sample of an alarm is taken', () => {
  expect(parseAlarmEvent(JSON.stringify(read('alarm-state-change.json'))).changedAt).toBeGreaterThan(0);
});

test.each([
  ['deploy-input', deployRequestSchema],
  ['rollback-input', rollbackRequestSchema],
  ['halt-input', haltSchema],
  ['approve-input', approveSchema],
  ['freeze-input', freezeSchema],
  ['unfreeze-input', unfreezeSchema],
  ['open-access-input', openSchema],
  ['close-access-input', closeSchema],
  ['start-maintenance-input', maintenanceSchema],
  ['start-prewarm-input', prewarmSchema],
  ['end-switch-input', endSchema],
  ['switch-off-input', dueSchemaOf('access', 'maintenance', 'prewarm')],
  ['replace-input', replacementSchema],
])(
  'The published schema of %s names just what is taken, and the sample passes the check itself',
  (name, taken) => {
    const { properties } = read(join('schemas', `${name}.schema.json`)) as { properties: object };
    expect(Object.keys(properties).sort()).toEqual(Object.keys(taken.shape).sort());
    expect(taken.safeParse(read(`${name}.json`)).success).toBe(true);
  },
);

test.each([
  ['v1.4.1', true],
  ['v1.4.1@3f9a1c', true],
  ['v1.4.1@3f9', false],
  ['v1 4', false],
])('A rollback to %s is taken by the published schema as by the check itself', (version, taken) => {
  const input = { application: 'api', version };
  ajv.removeSchema();
  expect(validate('rollback-input', input) === '').toBe(taken);
  expect(rollbackRequestSchema.safeParse(input).success).toBe(taken);
});
