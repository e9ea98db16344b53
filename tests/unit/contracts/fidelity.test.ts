import { contracts, type Result } from '@forseti/embedded-cloud/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calledActions } from '../../e2e/contracts/calledActions';
import { fidelity } from '../../e2e/contracts/fidelity';

const contractsFolder = 'packages/embedded-cloud/contracts';

const listed = (text: string): string[] =>
  [...text.slice(0, text.indexOf('## ')).matchAll(/^\| `(\w+:\w+)` \|/gm)].map(([, action = '']) => action);

test('docs/fidelity.md lists exactly the actions that the code calls', () => {
  const text = readFileSync('docs/fidelity.md', 'utf8');
  expect(listed(text)).toEqual(calledActions(process.cwd()));
});

test('docs/fidelity.md first says how many actions are proven: what its rows say, and at least 85 of 100', () => {
  const text = readFileSync('docs/fidelity.md', 'utf8');
  const [, proven = '0', all = '0'] = /^Proven: (\d+) of (\d+) actions$/m.exec(text) ?? [];
  const rows = text.split('\n').filter((line) => /^\| `\w+:\w+` \| (valid|none seen|NOT VALID)/.test(line));
  expect(rows).toHaveLength(Number(all));
  expect(rows.filter((row) => !row.split('|')[3]?.includes(' - '))).toHaveLength(Number(proven));
  expect(Number(proven) / Number(all)).toBeGreaterThanOrEqual(0.85);
});

test('The actions that the code calls are read from its imports, also paginators and dynamic ones, and from the machines', () => {
  expect(calledActions(process.cwd())).toEqual(
    expect.arrayContaining(['dynamodb:Query', 'lambda:Invoke', 'ssm:SendCommand', 'sts:GetCallerIdentity']),
  );
});

test('Each action that the code calls is in a contract that the local cloud keeps', () => {
  const source = readdirSync(contractsFolder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(contractsFolder, name), 'utf8'))
    .join();
  const missing = calledActions(process.cwd()).filter(
    (action) => !source.includes(`new ${action.split(':')[1] ?? ''}Command(`),
  );
  expect(missing).toEqual([]);
});

test('No two contracts of a service promise the same', () => {
  const names = contracts.map(({ service, holds }) => `${service} ${holds}`);
  expect(new Set(names).size).toBe(names.length);
});

const [contract] = contracts;

const result = (more: Partial<Result>): Result => ({
  contract: { ...contract, service: 'ec2', holds: 'copies', run: async () => undefined },
  host: 'local',
  outcome: 'same',
  seen: ['CopyImage'],
  refused: [],
  ...more,
});

const requests = { checked: 1, actions: { 'ec2:CopyImage': 1 }, violations: [] };

const tell = (...results: Result[]): string => fidelity(['ec2:CopyImage'], results, requests);

test('An action is proven if the embedded cloud and another had the same outcome, and only then', () => {
  const ours = result({});
  expect(tell(ours, result({ host: 'moto' }))).toContain('Proven: 1 of 1 actions');
  expect(tell(ours)).toContain('Proven: 0 of 1 actions');
  expect(tell(result({ host: 'moto' }))).toContain('Proven: 0 of 1 actions');
  expect(tell(ours, result({ host: 'moto', outcome: 'differs' }))).toContain('Proven: 0 of 1 actions');
  expect(tell(ours, result({ host: 'moto', outcome: 'unknown', unknown: 'CopyImage', seen: [] }))).toContain(
    'moto does not know it',
  );
});

test('A request that AWS would refuse is reported', () => {
  const violation = { service: 'ec2', action: 'CopyImage', at: '.Name', problem: 'too long' };
  const text = fidelity(['ec2:CopyImage'], [], { ...requests, violations: [violation] });
  expect(text).toContain('| `ec2:CopyImage` | NOT VALID |');
});
