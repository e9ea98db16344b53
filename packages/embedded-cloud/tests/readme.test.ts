import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cloud } from '../src';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test.each(['accept.ts', 'orders.test.ts'])('The README shows examples/orders/%s as it is', (file) => {
  const code = readFileSync(join(root, 'examples', 'orders', file), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${code}\`\`\``);
});

test('The README lists exactly the actions that are simulated', () => {
  const cloud = Cloud.make();
  const services = Object.keys(cloud.states()[cloud.home] ?? {});
  const lines = services.map((name) => {
    const actions = Object.keys(cloud.service(cloud.home, name).actions).sort();
    return `- \`${name}\`: ${actions.join(', ')}`;
  });
  expect(readme.split('\n').filter((line) => /^- `[a-z0-9]+`: /.test(line))).toEqual(lines);
});
