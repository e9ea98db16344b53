import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseSettings } from '../../../lib/application/parse';
import { InvalidSettings, type Problem } from '../../../lib/application/problems';
import { applicationSchema } from '../../../lib/application/schema';

const example = (name: string) => readFileSync(join(__dirname, '../../../examples', name), 'utf8');

const problemsOf = (text: string): readonly Problem[] => {
  try {
    parseSettings(text, 'forseti.yml');
  } catch (error) {
    if (error instanceof InvalidSettings) return error.problems;
    throw error;
  }
  return [];
};

/** A file with one application and more text in it. */
const withMore = (more: string) =>
  `applications:\n  api:\n    group: api\n    provisioning:\n      source: { s3: s3://acme-provisioning/api.tar.gz }\n${more}`;

test('The smallest file has five lines, and defaults for a small team', () => {
  const text = example('forseti.yml');
  expect(text.trimEnd().split('\n')).toHaveLength(5);
  const { api } = parseSettings(text, 'forseti.yml').applications;
  expect(api).toMatchObject({
    group: 'api',
    strategy: 'deploy-and-snapshot',
    tags: { pattern: '^v[0-9]' },
    provisioning: { playbook: 'site.yml', maxConcurrency: '25%', maxErrors: '0' },
    rollout: { minHealthyPercentage: 90, maxHealthyPercentage: 110, bakeMinutes: 10 },
    image: { keep: 5, reboot: true },
    rollback: { alarms: [] },
  });
});

test('The full example holds, and leaves out nothing of the schema', () => {
  const { shop } = parseSettings(example('forseti-full.yml'), 'forseti-full.yml').applications;
  expect(shop?.rollout.checkpoints?.percentages).toEqual([10, 50, 100]);
  // The file's own text, before defaults are filled in.
  const { applications } = parse(example('forseti-full.yml')) as { applications: { shop: object } };
  expect(Object.keys(applications.shop).sort()).toEqual(Object.keys(applicationSchema.shape).sort());
  const { provisioning } = applications.shop as { provisioning: object };
  expect(Object.keys(provisioning).sort()).toEqual(
    Object.keys(applicationSchema.shape.provisioning.shape).sort(),
  );
});

test('A file with five mistakes gives five problems, each with path, line, column and advice', () => {
  const text = [
    'applications:',
    '  api:',
    '    group: api',
    '    strategie: golden-instance',
    '    provisioning:',
    '      source: s3://acme/api.tar.gz',
    '      timeoutMinutes: half an hour',
    '    rollout:',
    '      strategy: instance-refesh',
    '      minHealthyPercentage: 120',
    '',
  ].join('\n');
  expect(problemsOf(text)).toEqual([
    {
      path: 'applications.api.strategie',
      line: 4,
      column: 5,
      message: 'unknown key; did you mean "strategy"?',
    },
    {
      path: 'applications.api.provisioning.source',
      line: 6,
      column: 15,
      message: 'is "s3://acme/api.tar.gz"; expected a map with one of the keys s3, git, ref, tokenParameter',
    },
    {
      path: 'applications.api.provisioning.timeoutMinutes',
      line: 7,
      column: 23,
      message: 'is "half an hour"; expected a number',
    },
    {
      path: 'applications.api.rollout.strategy',
      line: 9,
      column: 17,
      message:
        'is "instance-refesh"; expected "instance-refresh" or "surge" or "none"; did you mean "instance-refresh"?',
    },
    {
      path: 'applications.api.rollout.minHealthyPercentage',
      line: 10,
      column: 29,
      message: 'is 120; expected at most 100',
    },
  ]);
});

test('The error lists every problem with its place, ready to be printed', () => {
  expect(() => parseSettings('applications:\n  api:\n    group: 7\n', 'forseti.yml')).toThrow(
    'forseti.yml has 2 mistakes:\n' +
      '  forseti.yml:2:3  applications.api.provisioning  is missing; expected a map of keys\n' +
      '  forseti.yml:3:12  applications.api.group  is 7; expected text',
  );
});

test.each([
  ['an empty file', '', '', 1, 'is nothing (an empty value); expected a map of keys'],
  ['a list', '- api', '', 1, 'is a list; expected a map of keys'],
  [
    'a name in capitals',
    'applications:\n  Api: {}',
    'applications.Api',
    2,
    'is not a name that can be used; expected 1 to 30 lower case letters, digits or "-", a letter first',
  ],
  ['a key twice', withMore('    group: web\n'), '', 6, 'this key stands twice in the same map; remove one'],
])('A settings file that is %s is refused with its place', (_, text, path, line, message) => {
  expect(problemsOf(text)[0]).toMatchObject({ path, line, message });
});

test('A list of groups is answered with the way to have several', () => {
  expect(() => parseSettings('applications:\n  api:\n    group: [api, web]\n', 'forseti.yml')).toThrow(
    'applications.api.group  is a list; expected the name of one group: write an application for each group, with the same tags, so that one tag deploys them all',
  );
});

test('For a file that is no YAML, the error says where it breaks', () => {
  const [problem] = problemsOf('applications:\n  api: {group: api\n');
  expect(problem?.line).toBeGreaterThan(1);
  expect(problem?.message).not.toBe('');
});

test.each<[string, string, string, string]>([
  [
    'health limits too far apart',
    '    rollout: { minHealthyPercentage: 50, maxHealthyPercentage: 200 }',
    'rollout.maxHealthyPercentage',
    'at most 100 between them',
  ],
  [
    'checkpoints that fall',
    '    rollout: { checkpoints: { percentages: [50, 20, 100] } }',
    'rollout.checkpoints.percentages[1]',
    'expected them to ascend',
  ],
  [
    'checkpoints that end early',
    '    rollout: { checkpoints: { percentages: [20, 50] } }',
    'rollout.checkpoints.percentages[1]',
    'expected 100 as the last',
  ],
  [
    'a bake time beyond the time-out',
    '    rollout: { bakeMinutes: 60, timeoutMinutes: 30 }',
    'rollout.timeoutMinutes',
    'bakeMinutes alone is 60',
  ],
  [
    'a tag pattern that does not compile',
    "    tags: { pattern: '^v[0-9' }",
    'tags.pattern',
    'is no regular expression',
  ],
  [
    'a tag pattern with a lookahead',
    "    tags: { pattern: '^v(?!0)' }",
    'tags.pattern',
    'no lookaheads, lookbehinds or backreferences; write it without them',
  ],
  [
    'a tag pattern with a backreference',
    "    tags: { pattern: '^(v|w)1-\\1' }",
    'tags.pattern',
    'which RE2 cannot match',
  ],
  [
    'an alarm that runs an unknown policy',
    '    scaling: { policies: { grow: { type: step, steps: [{ from: 0, by: 1 }] } }, alarms: { cpu: { metric: CPUUtilization, namespace: AWS/EC2, threshold: 60, runs: [grwo] } } }',
    'scaling.alarms.cpu.runs[0]',
    'did you mean "grow"?',
  ],
  [
    'an alarm that runs a target tracking policy',
    '    scaling: { policies: { keep: { type: target-tracking, metric: ASGAverageCPUUtilization, target: 50 } }, alarms: { cpu: { metric: CPUUtilization, threshold: 60, runs: [keep] } } }',
    'scaling.alarms.cpu.runs[0]',
    'name a step policy',
  ],
  [
    'a target group with a metric of the group',
    '    scaling: { policies: { keep: { type: target-tracking, metric: ASGAverageCPUUtilization, target: 50, targetGroup: "arn:x" } } }',
    'scaling.policies.keep.targetGroup',
    'only for the metric ALBRequestCountPerTarget',
  ],
  [
    'steps that overlap',
    '    scaling: { policies: { grow: { type: step, steps: [{ from: 0, to: 20, by: 1 }, { from: 10, by: 2 }] } } }',
    'scaling.policies.grow.steps[1]',
    'overlaps',
  ],
  [
    'steps that leave a gap',
    '    scaling: { policies: { grow: { type: step, steps: [{ from: 0, to: 20, by: 1 }, { from: 30, by: 2 }] } } }',
    'scaling.policies.grow.steps[1]',
    'leaves a gap between 20 and 30',
  ],
  [
    'a period that CloudWatch does not take',
    '    scaling: { alarms: { cpu: { metric: CPUUtilization, threshold: 60, periodSeconds: 90 } } }',
    'scaling.alarms.cpu.periodSeconds',
    'a multiple of 60',
  ],
  [
    'an alarm by its ARN',
    '    rollback: { alarms: ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors"] }',
    'rollback.alarms[0]',
    'not its ARN',
  ],
  [
    'eleven alarms',
    `    rollback: { alarms: [${[...'abcdefghijk'].join(', ')}] }`,
    'rollback.alarms',
    'AWS takes no more',
  ],
  [
    'a policy of unknown type',
    '    scaling: { policies: { grow: { type: simple } } }',
    'scaling.policies.grow.type',
    'expected "target-tracking" or "step"',
  ],
])('The settings refuse %s', (_, more, path, message) => {
  const problems = problemsOf(withMore(`${more}\n`));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ path: `applications.api.${path}`, line: 6 });
  expect(problems[0]?.message).toContain(message);
});

test('A group belongs to one application', () => {
  const text = `${withMore('')}  web:\n    group: api\n    provisioning: { source: { s3: s3://acme-provisioning/web.zip } }\n`;
  expect(problemsOf(text)).toMatchObject([{ path: 'applications.web.group', line: 7, column: 12 }]);
});

test('An alarm of the settings or any other by its full name may gate a rollout', () => {
  expect(problemsOf(withMore('    rollback: { alarms: [checkout-failures] }\n'))).toEqual([]);
});
