import { type CloudFormationTemplate, packageProject } from '@forseti/embedded-cloud';
import { sentinelStage, stageProblem, templateOfStage } from '../../../cli/install/stageOf';
import { withContentKeys } from '../../../cli/install/stackFiles';

const root = process.cwd();
const quick = { environment: { FORSETI_TEMPLATE_ONLY: '1' } };

/** The framework's keys hold the time of packaging. */
const withoutKeys = (template: CloudFormationTemplate): unknown =>
  JSON.parse(JSON.stringify(template, (name, value: unknown) => (name === 'S3Key' ? 'KEY' : value)));

let compiled: CloudFormationTemplate;
beforeAll(async () => {
  compiled = withContentKeys(await packageProject(root, { ...quick, stage: sentinelStage }));
}, 60_000);

test.each(['production', 'staging', 'eu-2'])(
  'The template of stage %s is what the framework packages for it',
  async (stage) => {
    const { template } = await packageProject(root, { ...quick, stage });
    const made = templateOfStage(compiled, { stage, region: 'eu-west-1' });
    expect(withoutKeys(made)).toEqual(withoutKeys(template));
    expect(JSON.stringify(made)).not.toContain(sentinelStage);
  },
  60_000,
);

test('A long stage shortens the names of the same roles as the framework does', async () => {
  const stage = 'a-stage-of-a-long-name';
  const { template } = await packageProject(root, { ...quick, stage });
  const made = templateOfStage(compiled, { stage, region: 'eu-west-1' });
  expect(withoutKeys(made)).toEqual(withoutKeys(template));
  const names = JSON.stringify(made).match(/"lambdaRole"/g) ?? [];
  expect(names.length).toBeLessThan(62);
}, 60_000);

test('Code lies under a key of its content, so that a deployment without changes changes no function', async () => {
  const again = withContentKeys(await packageProject(root, { ...quick, stage: sentinelStage }));
  expect(again).toEqual(compiled);
  expect(JSON.stringify(compiled)).toContain('"S3Key":"forseti/assets/');
}, 60_000);

test.each([
  ['production', true],
  ['eu-2', true],
  ['Production', false],
  ['2', false],
  ['a_b', false],
  ['a-', false],
  ['', false],
  ['x'.repeat(39), false],
])('The stage "%s" is usable: %s', (stage, isUsable) => {
  expect(stageProblem(stage) === undefined).toBe(isUsable);
});
