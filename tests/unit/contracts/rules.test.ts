import { readFileSync } from 'node:fs';
import { calledByClient } from '../../e2e/contracts/calledActions';
import { documentedRules } from '../../e2e/contracts/documentedRules';

const rows = [...readFileSync('docs/rules.md', 'utf8').matchAll(/^\| `(\S+ \S+)` \| ([^|]+) \| [^|]+ \|$/gm)];
const listed = rows.map(([, member = '']) => member);

const found = (): readonly string[] => {
  const { actions, sources } = calledByClient(process.cwd());
  const rules = documentedRules(process.cwd(), actions, sources);
  return [...new Set(rules.map(({ client, member }) => `${client} ${member}`))];
};

test('docs/rules.md has each member that the code can send and whose documentation reads like a rule', () => {
  expect(found().filter((member) => !listed.includes(member))).toEqual([]);
});

test('docs/rules.md lists no member twice, and none that the code cannot send', () => {
  expect(new Set(listed).size).toBe(listed.length);
  const known = found();
  expect(listed.filter((member) => !known.includes(member))).toEqual([]);
});

test('Each line of docs/rules.md says what keeps the rule', () => {
  const words = /^(?:cloud|code:|settings|preflight|the messaging library|no rule|not seen|tests only)/;
  expect(rows.filter(([, , kept = '']) => !words.test(kept)).map(([row]) => row)).toEqual([]);
});

test('The rules that are known to stand in prose alone are found in the SDK’s documentation', () => {
  expect(found()).toEqual(
    expect.arrayContaining([
      'ssm PutParameterRequest.Value',
      'sns PublishInput.Subject',
      'cloudwatch Dimension.Name',
    ]),
  );
});
