import { GetParametersCommand, paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import { chunks } from '../aws/chunks';
import type { Use } from './facts';
import { allPages } from './pages';

/** GetParameters takes so many names. */
const maxNames = 10;
const prefix = 'resolve:ssm:';
/** AWS's public parameters hold AWS's images. */
const publicName = /^(?:arn:[^:]+:ssm:[^:]*::parameter)?\/aws\//;

/**
 * The parameter that stands for an image: `resolve:ssm:NAME`, also with `:VERSION` or `:LABEL`, or by ARN (EC2 User
 * Guide, "Use a Systems Manager parameter instead of an AMI ID").
 */
const parameterOf = (image: string | undefined): string | undefined =>
  image?.startsWith(prefix) === true ? image.slice(prefix.length) : undefined;

/** Values by the names with which they were asked for. Names that do not exist are left out: nothing launches from them. */
const valuesOf = async (ssm: SSMClient, names: readonly string[]): Promise<Map<string, string>> => {
  const values = new Map<string, string>();
  for (const Names of chunks([...new Set(names)], maxNames)) {
    const { Parameters: found = [] } = await ssm.send(new GetParametersCommand({ Names }));
    for (const { Name: name = '', ARN: arn = '', Selector: selector = '', Value: value } of found)
      if (value !== undefined) for (const key of [name, arn]) values.set(key + selector, value);
  }
  return values;
};

/** What names an image, or a parameter that holds one. */
interface Named {
  readonly image?: string | undefined;
}

/** Puts the image into whatever names it by a parameter. */
export const withImages = async <Thing extends Named>(
  ssm: SSMClient,
  things: readonly Thing[],
): Promise<Thing[]> => {
  const names = things.flatMap(({ image }) => parameterOf(image) ?? []);
  const values = await valuesOf(
    ssm,
    names.filter((name) => !publicName.test(name)),
  );
  return things.map((thing) => {
    const name = parameterOf(thing.image);
    return name === undefined ? thing : { ...thing, image: values.get(name) };
  });
};

/**
 * Parameters of the data type `aws:ec2:image`: a launch template, a script or a stack of CloudFormation may launch from
 * them by their name.
 */
export const parameterUses = async (
  ssm: SSMClient,
  region: string,
  images: ReadonlySet<string>,
): Promise<Use[]> => {
  const names = await allPages(
    paginateDescribeParameters(
      { client: ssm },
      { ParameterFilters: [{ Key: 'DataType', Option: 'Equals', Values: ['aws:ec2:image'] }] },
    ),
    ({ Parameters }) => Parameters?.map(({ Name = '' }) => Name),
  );
  const values = await valuesOf(ssm, names);
  return names.flatMap((name) => {
    const image = values.get(name);
    return image !== undefined && images.has(image) ? [{ by: `parameter ${name}`, region, image }] : [];
  });
};
