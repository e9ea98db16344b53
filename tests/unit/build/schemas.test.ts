import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { schemaFiles } from '../../../build/schemaFiles';

const root = join(__dirname, '../../..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

test('The schemas in schemas/ are those that "npm run schemas" writes now', () => {
  for (const [name, schema] of Object.entries(schemaFiles()))
    expect(JSON.parse(read('schemas', name))).toEqual(JSON.parse(JSON.stringify(schema)));
});

test.each([
  ['forseti.schema.json', 'forseti.yml'],
  ['forseti.schema.json', 'forseti-full.yml'],
  ['forseti.schema.json', 'forseti-shell.yml'],
  ['cloud.schema.json', 'clouds/shell.yml'],
  ['cloud.schema.json', 'clouds/small.yml'],
  ['cloud.schema.json', 'clouds/demo.yml'],
  ['cloud.schema.json', 'clouds/troubled.yml'],
])('By %s, an editor finds no problem in examples/%s', (schema, example) => {
  const check = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(read('schemas', schema)) as object,
  );
  check(parse(read('examples', example)));
  expect(check.errors).toBeNull();
});

test('An editor marks an unknown key', () => {
  const check = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(read('schemas', 'forseti.schema.json')) as object,
  );
  expect(
    check({
      applications: { api: { group: 'api', strategie: 'x', provisioning: { source: { s3: 's3://abc/d' } } } },
    }),
  ).toBe(false);
});
