import { type CloudFormationTemplate, conditionHolds } from '@forseti/embedded-cloud';
import { parameterText } from './parameters';

/** Where a template is deployed, and with what. */
export interface DeployedWith {
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The template with those resources whose conditions hold. */
export const activeTemplate = (
  template: CloudFormationTemplate,
  { region, parameters }: DeployedWith,
): CloudFormationTemplate => {
  const none = (): never => {
    throw new Error('A condition can refer to parameters only.');
  };
  const scope = {
    template,
    imports: {},
    ref: (name: string): unknown => {
      if (name === 'AWS::Region') return region;
      const value = parameters[name] ?? parameterText(template.Parameters?.[name]?.Default);
      const isList = /List/.test(template.Parameters?.[name]?.Type ?? '');
      return isList ? String(value).split(',') : String(value);
    },
    attribute: none,
  };
  const resources = Object.entries(template.Resources).filter(
    ([, { Condition: condition }]) => condition === undefined || conditionHolds(condition, scope),
  );
  return { ...template, Resources: Object.fromEntries(resources) };
};
