/** The stack of any stage, from the template that was compiled for the sentinel stage. */
import type { CloudFormationTemplate, Json, TemplateResource } from '@forseti/embedded-cloud';

/**
 * The stage for which the shipped template is compiled. The word occurs nowhere else, has no character that logical ids
 * change, and is short, so that the framework shortens no role's name.
 */
export const sentinelStage = 'qzstageqz';

/** The functions' names take up to 17 characters, and Lambda's 64 in all: `forseti-STAGE-PreflightRollback`. */
const maxStageLength = 38;

/** What is wrong with a stage's name; undefined of a good one. Tables, queues and exports are named after it. */
export const stageProblem = (stage: string): string | undefined =>
  /^[a-z][a-z0-9-]*$/.test(stage) && !stage.endsWith('-') && stage.length <= maxStageLength
    ? undefined
    : `The stage ${JSON.stringify(stage)} is not usable: expected up to ${String(maxStageLength)} lower case letters, digits and hyphens, a letter first.`;

/** IAM takes role names of up to 64 characters. */
const maxRoleName = 64;

/** The parts of a role's name as the framework writes them: `forseti`, the stage, the function, the region, `lambdaRole`. */
const roleNameParts = ({ Type, Properties }: TemplateResource): readonly Json[] | undefined => {
  if (Type !== 'AWS::IAM::Role') return undefined;
  const { 'Fn::Join': join } = (Properties?.RoleName ?? {}) as { readonly 'Fn::Join'?: Json };
  return Array.isArray(join) && Array.isArray(join[1]) ? (join[1] as readonly Json[]) : undefined;
};

const nameIn = (parts: readonly Json[], region: string): string =>
  parts.map((part) => (typeof part === 'string' ? part : region)).join('-');

/**
 * A role's name without its last part where it would be too long, as serverless-iam-roles-per-function does.
 * @throws Error of a name that is too long without it
 */
const fitted = (resource: TemplateResource, region: string): TemplateResource => {
  const parts = roleNameParts(resource);
  if (!parts || nameIn(parts, region).length <= maxRoleName) return resource;
  const shorter = parts.at(-1) === 'lambdaRole' ? parts.slice(0, -1) : parts;
  const name = nameIn(shorter, region);
  if (name.length > maxRoleName)
    throw new Error(
      `The role ${name} would have more than ${String(maxRoleName)} characters in its name: choose a shorter stage.`,
    );
  return { ...resource, Properties: { ...resource.Properties, RoleName: { 'Fn::Join': ['-', shorter] } } };
};

/**
 * The template of a stage, equal to what `serverless package --stage STAGE --region REGION` writes except for the
 * locations of code.
 * @param compiled the template of {@link sentinelStage}
 */
export const templateOfStage = (
  compiled: CloudFormationTemplate,
  { stage, region }: { readonly stage: string; readonly region: string },
): CloudFormationTemplate => {
  // Logical ids of the state machines hold the stage in the form that the framework gives it: letters and digits.
  const inIds = stage.replace(/-/g, 'Dash');
  const text = JSON.stringify(compiled)
    .replaceAll(`ForsetiDash${sentinelStage}Dash`, `ForsetiDash${inIds}Dash`)
    .replaceAll(sentinelStage, stage);
  const template = JSON.parse(text) as CloudFormationTemplate;
  const resources = Object.entries(template.Resources).map(([id, one]) => [id, fitted(one, region)]);
  return { ...template, Resources: Object.fromEntries(resources) as CloudFormationTemplate['Resources'] };
};
