import { parseDeployRequest } from '../../../lib/deployment/request';

const refusal = (input: unknown): { name: string; problems: readonly string[]; message: string } => {
  try {
    parseDeployRequest(input);
  } catch (error) {
    return error as { name: string; problems: readonly string[]; message: string };
  }
  throw new Error('expected a refusal');
};

test('What a person types in the console is enough', () => {
  expect(parseDeployRequest({ application: 'api', version: 'v1.4.2' })).toEqual({
    application: 'api',
    version: 'v1.4.2',
  });
});

test.each([
  [
    'a text',
    '"api"',
    /input is a string; expected an object such as \{"application": "api", "version": "v1.4.2"\}/,
  ],
  ['a list', ['api', 'v1'], /input is a list/],
  ['nothing', null, /input is null/],
])('The input %s is no request', (_, input, words) => {
  expect(refusal(input).name).toBe('InvalidRequest');
  expect(refusal(input).message).toMatch(words);
});

test('All problems are reported together, with what was expected', () => {
  const { problems } = refusal({ version: 'v1; rm -rf /', image: 'ami', strategie: 'surge' });
  expect(problems).toHaveLength(4);
  expect(problems.join('\n')).toMatch(/application: expected the name of an application/);
  expect(problems.join('\n')).toMatch(/version "v1; rm -rf \/" is malformed/);
  expect(problems.join('\n')).toMatch(/image: expected the id of an image/);
  expect(problems.join('\n')).toMatch(/"strategie": not known; expected application, version, /);
});

test.each(['v1.4.2', '1', 'release/2026+1', 'V_x-y.z'])('The text %s is a version', (version) => {
  expect(parseDeployRequest({ application: 'api', version }).version).toBe(version);
});

test.each(['', '-v1', 'v1 ', 'v$(id)', 'v'.repeat(65), 'ü', 42, null])(
  'The text %j is no version',
  (version) => {
    expect(refusal({ application: 'api', version }).problems[0]).toMatch(/version/);
  },
);

test.each([
  [{ image: 'ami-0123456789abcdef0' }, /extraVars: goes with no image.*\n.*tags: goes with no image/],
  [
    { resumeFrom: 'api-v2-0123456789ab' },
    /extraVars: goes with no resumeFrom.*\n.*tags: goes with no resumeFrom/,
  ],
  [{ imageFrom: 'running' }, /extraVars: goes with no imageFrom.*\n.*tags: goes with no imageFrom/],
])('What is handed to the provisioning is refused, and not dropped, with %j', (more, words) => {
  const input = { application: 'api', version: 'v2', extraVars: { a: 1 }, tags: ['web'], ...more };
  expect(refusal(input).problems.join('\n')).toMatch(words);
});

test.each([
  [{ commit: 'a b' }, /commit: expected a commit/],
  [{ tags: ['a,b'] }, /tags\.0: expected a tag of Ansible/],
  [{ skipTags: [] }, /skipTags/],
])('The request %j is refused', (more, words) => {
  expect(refusal({ application: 'api', version: 'v2', ...more }).problems.join('\n')).toMatch(words);
});
