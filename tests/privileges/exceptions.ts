import type { Exception } from './judge';

const logs = 'Lambda writes the function’s log; the embedded cloud keeps logs without CloudWatch Logs';
const mapping =
  'AWS asks for it when the event source mapping is made, and its pollers use it; ours count by themselves';

const again =
  'Settle makes the checks of Preflight again, which uses it; here it meets only what was on its way';
const keys =
  'EC2 asks for it where a volume or an image is encrypted with a customer managed key; none is here';
const alarms =
  'Auto Scaling may ask for it where a refresh watches alarms; AWS does not say, and the embedded cloud does not ask';
const owners = 'read where an alarm stands under a name of ours that no settings have';

/**
 * Permissions that AWS requires, but that no run here can use. An entry fails if its permission is used after all, or
 * if no role holds it.
 */
export const unusedOnPurpose: readonly Exception[] = [
  { role: '*', action: 'logs:CreateLogGroup', reason: logs },
  { role: '*', action: 'logs:CreateLogStream', reason: logs },
  { role: '*', action: 'logs:PutLogEvents', reason: logs },
  { role: 'Intake', action: 'sqs:GetQueueAttributes', reason: mapping },
  { role: 'TakeAlarm', action: 'sqs:GetQueueAttributes', reason: mapping },
  { role: 'Look', action: 'sqs:GetQueueAttributes', reason: mapping },
  { role: 'Settle', action: 'cloudwatch:ListTagsForResource', reason: again },
  { role: 'Settle', action: 'elasticloadbalancing:DescribeTargetHealth', reason: again },
  {
    role: 'Plan',
    action: 'elasticloadbalancing:DescribeTargetHealth',
    reason: 'a plan of a regeneration reads it, which no command asks for',
  },
  {
    role: 'Rollout',
    action: 'ec2:DescribeLaunchTemplateVersions',
    reason: 'read where somebody gives the group another version between Swap and Rollout, a second',
  },
  {
    role: 'RolloutRest',
    action: 'ec2:DescribeInstances',
    reason: 'read where AWS rolls back the second refresh; Rollout uses it for the first one',
  },
  {
    role: 'Undo',
    action: 'ssm:DescribeInstanceInformation',
    reason: 'read where a refresh that AWS rolls back stands still for a minute because of an agent',
  },
  {
    role: 'Clean',
    action: 'imagebuilder:GetContainerRecipe',
    reason: 'EC2 asks for it in DescribeImageReferences; there is no Image Builder here',
  },
  { role: 'Doctor', action: 'cloudwatch:ListTagsForResource', reason: owners },
  { role: 'WatchDrift', action: 'cloudwatch:ListTagsForResource', reason: owners },
  ...['LaunchBuilder', 'VerifyImage', 'BakeImage', 'CopyImages'].flatMap((role) =>
    [
      'kms:CreateGrant',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ].map((action) => ({ role, action, reason: keys })),
  ),
  ...['Rollout', 'RolloutRest', 'Restore', 'RollBack'].map((role) => ({
    role,
    action: 'cloudwatch:DescribeAlarms',
    reason: alarms,
  })),
  ...[
    'TakeOut',
    'PutBack',
    'LaunchBuilder',
    'VerifyImage',
    'Resume',
    'Rollout',
    'RolloutRest',
    'Restore',
    'RollBack',
  ].map((role) => ({
    role,
    action: 'ec2:RunInstances',
    resource: 'license-configuration',
    reason:
      'EC2 asks for these where a launch template has Spot, a licence or a placement group; no fleet here does',
  })),
  {
    role: 'Doctor',
    action: 'lambda:GetFunction',
    resource: 'Failover',
    reason: 'of the other region; in home itself the permission on all functions serves',
  },
  ...['Doctor', 'WatchDrift'].map((role) => ({
    role,
    action: 'elasticloadbalancing:DescribeTargetGroups',
    reason: 'read for policies by requests per target, as SetScaling does',
  })),
];

const untagged = 'tests/machines/adoption.test.ts tries fleets that nobody has tagged';

/** Calls that tests make on purpose to be refused, with roles as they are in the template. */
export const refusedOnPurpose: readonly Exception[] = [
  { role: 'Suspend', action: 'autoscaling:SuspendProcesses', reason: untagged },
  { role: 'SwapLaunchTemplate', action: 'ec2:CreateLaunchTemplateVersion', reason: untagged },
  { role: 'LaunchBuilder', action: 'ec2:RunInstances', reason: untagged },
  { role: 'VerifyImage', action: 'ec2:RunInstances', reason: untagged },
  {
    role: 'RollBack',
    action: 'ec2:RunInstances',
    reason: 'tests/machines/drift.test.ts takes the tag of a launch template away',
  },
];
