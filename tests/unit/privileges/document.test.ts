import { readFileSync } from 'node:fs';

import { compileStack } from '../../../cli/local/stack';
import { filled } from '../../privileges/document';
import { permissionsOf } from '../../privileges/permissions';

/** Prettier pads the cells of tables, and does not break their lines. */
const words = (text: string): string => text.replace(/[ -]+/g, ' ');

test('docs/security.md lists what the roles of the template may change (npm run privileges -- --write)', async () => {
  const { permissions } = await permissionsOf(await compileStack(process.cwd()));
  const document = readFileSync('docs/security.md', 'utf8');
  expect(words(document)).toBe(words(await filled(document, permissions)));
  expect(document.split('\n').filter((line) => line.startsWith('| Rollout ')).length).toBeGreaterThan(3);
}, 60_000);
