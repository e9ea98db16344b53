/** EC2's errors, with the codes and texts of "Error codes for the Amazon EC2 API". */
import { AwsError } from '../core/errors';

const listed = (ids: readonly string[]) => ids.join(', ');

const forms = {
  instance: {
    prefix: 'i-',
    notFound: 'InvalidInstanceID.NotFound',
    malformed: 'InvalidInstanceID.Malformed',
  },
  image: { prefix: 'ami-', notFound: 'InvalidAMIID.NotFound', malformed: 'InvalidAMIID.Malformed' },
  snapshot: {
    prefix: 'snap-',
    notFound: 'InvalidSnapshot.NotFound',
    malformed: 'InvalidSnapshotID.Malformed',
  },
  launchTemplate: {
    prefix: 'lt-',
    notFound: 'InvalidLaunchTemplateId.NotFound',
    malformed: 'InvalidLaunchTemplateId.Malformed',
  },
  subnet: { prefix: 'subnet-', notFound: 'InvalidSubnetID.NotFound', malformed: 'InvalidSubnetID.Malformed' },
  securityGroup: { prefix: 'sg-', notFound: 'InvalidGroup.NotFound', malformed: 'InvalidGroupId.Malformed' },
  securityGroupRule: {
    prefix: 'sgr-',
    notFound: 'InvalidSecurityGroupRuleId.NotFound',
    malformed: 'InvalidSecurityGroupRuleId.Malformed',
  },
  vpc: { prefix: 'vpc-', notFound: 'InvalidVpcID.NotFound', malformed: 'InvalidVpcID.Malformed' },
} as const;

export type ResourceKind = keyof typeof forms;

const words: Readonly<Record<ResourceKind, string>> = {
  instance: 'instance ID',
  image: 'image id',
  snapshot: 'snapshot',
  launchTemplate: 'launch template ID',
  subnet: 'subnet ID',
  securityGroup: 'security group',
  securityGroupRule: 'security group rule ID',
  vpc: 'vpc ID',
};

export const kindOfId = (id: string): ResourceKind | undefined =>
  (Object.keys(forms) as ResourceKind[]).find((kind) => id.startsWith(forms[kind].prefix));

export const notFound = (kind: ResourceKind, ids: readonly string[]): AwsError => {
  if (kind === 'image') {
    const some = ids.length > 1;
    return new AwsError(
      forms.image.notFound,
      `The image id${some ? 's' : ''} '[${listed(ids)}]' do${some ? '' : 'es'} not exist`,
    );
  }
  const text =
    ids.length > 1
      ? `The ${words[kind]}s '${listed(ids)}' do not exist`
      : `The ${words[kind]} '${listed(ids)}' does not exist`;
  return new AwsError(forms[kind].notFound, text);
};

const wellFormed = (kind: ResourceKind, id: string) =>
  id.startsWith(forms[kind].prefix) &&
  /^([0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(forms[kind].prefix.length));

/**
 * The records of these ids, in the given order.
 * @throws AwsError `.Malformed` for the first id that has a wrong form, `.NotFound` with all ids that do not exist.
 */
export const requireAll = <T>(
  kind: ResourceKind,
  records: Readonly<Record<string, T>>,
  ids: readonly string[],
): T[] => {
  const malformed = ids.find((id) => records[id] === undefined && !wellFormed(kind, id));
  if (malformed !== undefined) {
    throw new AwsError(
      forms[kind].malformed,
      `Invalid id: "${malformed}" (expecting "${forms[kind].prefix}...")`,
    );
  }
  const missing = ids.filter((id) => records[id] === undefined);
  if (missing.length > 0) throw notFound(kind, missing);
  return ids.flatMap((id) => records[id] ?? []);
};

/** Like {@link requireAll}, for one id. */
export const requireOne = <T>(
  kind: ResourceKind,
  records: Readonly<Record<string, T>>,
  id: string | undefined,
  parameter: string,
): T => {
  if (id === undefined || id === '') throw missingParameter(parameter);
  const [record] = requireAll(kind, records, [id]);
  if (record === undefined) throw notFound(kind, [id]);
  return record;
};

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidParameterValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValue', message);

export const invalidParameterCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombination', message);

/** `DryRun` gives this error to a caller that has the permission. A caller without it was refused before. */
export const refuseDryRun = (dryRun: boolean | undefined): void => {
  if (dryRun === true) {
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', {
      statusCode: 412,
    });
  }
};
