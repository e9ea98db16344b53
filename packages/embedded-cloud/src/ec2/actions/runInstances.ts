import type { Reservation, RunInstancesRequest, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import { invalidParameterValue, refuseDryRun } from '../errors';
import { parameterIn } from '../imageParameter';
import { madeBefore, remember } from '../idempotency';
import { launchInstances, partsOf } from '../launching';
import { requestOf, specify, type LaunchSpecification } from '../launchSpecification';
import { instanceOutput } from '../outputs';
import { ec2Arn, onExisting, onNew, taggingAtCreation } from '../resources';
import type { Ec2State, Instance } from '../state';
import { checkTagSpecifications, toTagList } from '../tags';

const taggable = ['instance', 'volume', 'network-interface', 'spot-instances-request'];

/** The role in an instance profile. In this model it has the profile's name. */
const passRole = (region: Region, profileArn: string): Requirement => ({
  action: 'iam:PassRole',
  resource: `arn:${region.partition}:iam::${region.account}:role/${profileArn.replace(/^.*instance-profile\//, '')}`,
  context: { 'iam:passedtoservice': 'ec2.amazonaws.com' },
});

const onWhatExists = (region: Region, state: Ec2State, wanted: LaunchSpecification): Requirement[] => {
  const use = (kind: 'image' | 'subnet' | 'securityGroup' | 'launchTemplate', id: string) =>
    onExisting(region, state, 'ec2:RunInstances', kind, id);
  return [
    use('image', wanted.imageId ?? '*'),
    use('subnet', wanted.subnetId ?? '*'),
    ...(wanted.securityGroupIds.length === 0 ? ['*'] : wanted.securityGroupIds).map((id) =>
      use('securityGroup', id),
    ),
    ...(wanted.launchTemplate === undefined ? [] : [use('launchTemplate', wanted.launchTemplate.id)]),
  ];
};

/**
 * All permissions that RunInstances needs. Auto Scaling requires the same of a caller that sets a group's launch
 * template.
 */
export const runInstancesRequirements = (input: RunInstancesRequest, region: Region): Requirement[] => {
  const { state } = region.service('ec2');
  const wanted = specifyForJudging(region, state, input);
  const launching = [
    ...onWhatExists(region, state, wanted),
    onNew(region, 'ec2:RunInstances', 'instance', wanted.tags),
    onNew(region, 'ec2:RunInstances', 'volume', wanted.volumeTags),
    onNew(region, 'ec2:RunInstances', 'network-interface', {}),
  ];
  return [
    ...launching.map((requirement) => ({
      ...requirement,
      context: { ...requirement.context, ...throughTemplate(region, wanted) },
    })),
    ...taggingAtCreation(region, 'RunInstances', tagsOfLaunch(wanted)),
    ...(wanted.iamInstanceProfile === undefined ? [] : [passRole(region, wanted.iamInstanceProfile)]),
  ];
};

/** The launch template is a condition key of each resource of the launch. */
const throughTemplate = (region: Region, { launchTemplate }: LaunchSpecification): Record<string, string> =>
  launchTemplate === undefined
    ? {}
    : { 'ec2:launchtemplate': ec2Arn(region, 'launch-template', launchTemplate.id) };

/**
 * Tags from the template need the tagging permission too (EC2 User Guide, "Grant permission to tag resources during
 * creation").
 */
const tagsOfLaunch = ({ tags, volumeTags }: LaunchSpecification): TagSpecification[] =>
  (
    [
      ['instance', tags],
      ['volume', volumeTags],
    ] as const
  )
    .filter(([, given]) => Object.keys(given).length > 0)
    .map(([ResourceType, given]) => ({ ResourceType, Tags: toTagList(given) }));

/** Ignores a template or a parameter that does not exist: the action itself refuses it later. */
const specifyForJudging = (
  region: Region,
  state: Ec2State,
  input: RunInstancesRequest,
): LaunchSpecification => {
  try {
    return specify(region, state, requestOf(input));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const request = requestOf(input);
    const imageId = parameterIn(request.imageId) === undefined ? request.imageId : undefined;
    return specify(region, state, { ...request, imageId, launchTemplate: undefined });
  }
};

const reservationOf = (region: Region, state: Ec2State, instances: readonly Instance[]): Reservation => ({
  ReservationId: instances[0]?.reservationId,
  OwnerId: region.account,
  Groups: [],
  Instances: instances.map((instance) => instanceOutput(state, instance)),
});

/** @throws AwsError IdempotentInstanceTerminated if all instances that the token launched are terminated */
const launchedBefore = (state: Ec2State, made: readonly string[]): Instance[] => {
  const instances = made.flatMap((id) => state.instances[id] ?? []);
  if (instances.every((instance) => instance.state === 'terminated')) {
    throw new AwsError(
      'IdempotentInstanceTerminated',
      'The request to launch an instance uses the same client token as a previous request for which the ' +
        'instance has been terminated.',
    );
  }
  return instances;
};

const countsOf = ({ MinCount: least, MaxCount: most }: RunInstancesRequest) => {
  if (least === undefined || most === undefined || least < 1 || most < least) {
    throw invalidParameterValue('MinCount and MaxCount must be at least 1, and MinCount at most MaxCount');
  }
  return { least, most };
};

export const runInstances: Action<RunInstancesRequest, Reservation> = {
  requires: runInstancesRequirements,
  run(input, region) {
    const { state } = region.service('ec2');
    const counts = countsOf(input);
    checkTagSpecifications(input.TagSpecifications, taggable);
    const made = madeBefore(state, 'RunInstances', input);
    if (made !== undefined) return reservationOf(region, state, launchedBefore(state, made));
    const specification = specify(region, state, requestOf(input));
    partsOf(state, specification);
    refuseDryRun(input.DryRun);
    const instances = launchInstances(region, state, specification, counts);
    remember(
      state,
      'RunInstances',
      input,
      instances.map(({ id }) => id),
    );
    return reservationOf(region, state, instances);
  },
};
