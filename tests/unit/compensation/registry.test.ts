import { readdirSync, readFileSync } from 'node:fs';
import { kindNames } from '../../../lib/deployment/compensation/registry';

test('Every kind of effect that is defined anywhere is in the registry', () => {
  const defined = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(`lib/${file}`, 'utf8').matchAll(/defineEffect<\w+>\('([a-z-]+)'\)/g)].map(
        ([, kind]) => kind,
      ),
    );
  expect(defined.length).toBeGreaterThan(0);
  expect([...defined].sort()).toEqual([...kindNames()].sort());
});
