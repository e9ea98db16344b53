/** What a group launches from: resolves its launch template or mixed instances policy to a numbered version. */
import type { LaunchTemplateSpecification, MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { invalid } from './groups';
import { configurationOf } from './launchConfigurations';
import { ec2Of } from './otherServices';
import type { Group, LaunchSource, Member, Refresh, TemplateReference } from './state';

/** One combination to try to launch. */
export interface LaunchChoice {
  /** None where a launch configuration is launched from. */
  readonly template?: TemplateReference;
  readonly configuration?: string;
  readonly instanceType?: string;
  /** In the place of the template's. */
  readonly imageId?: string;
}

const lookedUp = <T>(look: () => T | undefined): T | undefined => {
  try {
    return look();
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
};

/** The template of a specification. The id takes precedence over the name, since stored specifications hold both. */
const lookUp = (region: Region, specification: LaunchTemplateSpecification): TemplateReference => {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version: version = '$Default' } = specification;
  const wanted = id ?? name ?? '';
  const template = lookedUp(() => ec2Of(region).launchTemplate(wanted));
  const fault = 'You must use a valid fully-formed launch template.';
  if (!template) {
    const by = id === undefined ? 'name' : 'ID';
    throw invalid(`${fault} The specified launch template, with template ${by} ${wanted}, does not exist.`);
  }
  if (!lookedUp(() => ec2Of(region).launchTemplateVersion(template.id, version))) {
    throw invalid(`${fault} Could not find launch template version ${version} of ${template.id}.`);
  }
  return { id: template.id, name: template.name, version };
};

/**
 * The template that a request names, with id, name and version (`$Default` unless given).
 * @throws AwsError ValidationError if the request names none or both id and name, or if the template or version does
 * not exist
 */
export const referenceOf = (
  region: Region,
  specification: LaunchTemplateSpecification,
): TemplateReference => {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = specification;
  if ((id === undefined) === (name === undefined)) {
    throw invalid('Valid requests must contain either launchTemplateId or LaunchTemplateName');
  }
  return lookUp(region, specification);
};

/** The reference of a stored specification, unchanged if its version has been deleted since. */
const stored = (region: Region, specification: LaunchTemplateSpecification): TemplateReference => {
  const {
    LaunchTemplateId: id = '',
    LaunchTemplateName: name = '',
    Version: version = '$Default',
  } = specification;
  return lookedUp(() => lookUp(region, specification)) ?? { id, name, version };
};

export const specificationOf = ({ id, name, version }: TemplateReference): LaunchTemplateSpecification => ({
  LaunchTemplateId: id,
  LaunchTemplateName: name,
  Version: version,
});

/**
 * The launch template, mixed instances policy or launch configuration of a request; undefined if it gives none.
 * @throws AwsError ValidationError
 */
export const sourceFrom = (
  region: Region,
  input: {
    readonly LaunchTemplate?: LaunchTemplateSpecification | undefined;
    readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined;
    readonly LaunchConfigurationName?: string | undefined;
  },
): LaunchSource | undefined => {
  const given = [input.LaunchTemplate, input.MixedInstancesPolicy, input.LaunchConfigurationName];
  if (given.filter((one) => one !== undefined).length > 1) {
    throw invalid(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    );
  }
  if (input.LaunchTemplate) return { launchTemplate: referenceOf(region, input.LaunchTemplate) };
  if (input.LaunchConfigurationName !== undefined)
    return { launchConfiguration: configurationOf(region, input.LaunchConfigurationName).name };
  const mixed = input.MixedInstancesPolicy;
  if (!mixed) return undefined;
  const specification = mixed.LaunchTemplate?.LaunchTemplateSpecification;
  if (!specification) throw invalid('A mixed instances policy must contain a launch template specification.');
  const reference = specificationOf(referenceOf(region, specification));
  const overrides = mixed.LaunchTemplate?.Overrides ?? [];
  for (const override of overrides) {
    if (override.LaunchTemplateSpecification) referenceOf(region, override.LaunchTemplateSpecification);
    // The type ImageId of the API reference: a parameter (resolve:ssm:) is taken in launch templates only.
    if (override.ImageId !== undefined && !/^ami-[a-z0-9]{1,17}$/.test(override.ImageId))
      throw invalid(`The image id ${override.ImageId} of an override is invalid: expecting "ami-...".`);
  }
  return {
    mixed: { ...mixed, LaunchTemplate: { LaunchTemplateSpecification: reference, Overrides: overrides } },
  };
};

/** Every launch template that a source refers to, its own template first. */
export const referencesIn = (region: Region, source: LaunchSource): TemplateReference[] => {
  if (source.launchTemplate) return [source.launchTemplate];
  const own = source.mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  const overrides = source.mixed?.LaunchTemplate?.Overrides ?? [];
  return [own, ...overrides.map((override) => override.LaunchTemplateSpecification)].flatMap(
    (specification) => (specification ? [stored(region, specification)] : []),
  );
};

export const dataOf = (region: Region, { id, version }: TemplateReference): RequestLaunchTemplateData =>
  lookedUp(() => ec2Of(region).launchTemplateVersion(id, version))?.data ?? {};

/** The reference with the number that `$Latest` or `$Default` means now. */
export const numbered = (region: Region, reference: TemplateReference): TemplateReference => {
  const found = lookedUp(() => ec2Of(region).launchTemplateVersion(reference.id, reference.version));
  return found ? { ...reference, version: String(found.number) } : reference;
};

/** What can be launched from a source, in order of preference (`prioritized` on-demand allocation). */
export const choicesOf = (region: Region, source: LaunchSource): LaunchChoice[] => {
  if (source.launchTemplate) return [{ template: numbered(region, source.launchTemplate) }];
  if (source.launchConfiguration !== undefined) return [{ configuration: source.launchConfiguration }];
  const own = source.mixed?.LaunchTemplate?.LaunchTemplateSpecification;
  if (!own) return [];
  const overrides = source.mixed?.LaunchTemplate?.Overrides ?? [];
  const choices = overrides.map(({ InstanceType, LaunchTemplateSpecification, ImageId }) => ({
    template: numbered(region, stored(region, LaunchTemplateSpecification ?? own)),
    ...(InstanceType === undefined ? {} : { instanceType: InstanceType }),
    ...(ImageId === undefined ? {} : { imageId: ImageId }),
  }));
  return choices.length > 0 ? choices : [{ template: numbered(region, stored(region, own)) }];
};

/**
 * Whether an instance would be the same if it were launched from the source today: same template and version, and a
 * type that the overrides allow. Code that was installed later is not compared.
 */
export const matches = (choices: readonly LaunchChoice[], member: Member): boolean =>
  choices.some(
    ({ template, configuration, instanceType, imageId }) =>
      template?.id === member.template?.id &&
      template?.version === member.template?.version &&
      configuration === member.launchConfiguration &&
      (instanceType === undefined || instanceType === member.type) &&
      (imageId === undefined || imageId === member.imageId),
  );

/** What the group launches from now: during a refresh its desired configuration, else the group's own. */
export const currentSource = (group: Group, refresh: Refresh | undefined): LaunchSource => {
  const replacing = refresh && (refresh.status === 'InProgress' || refresh.status === 'Baking');
  return (replacing ? refresh.desired : undefined) ?? group.launch;
};
