/**
 * Resources of a role that are a pattern, or `*` although AWS has resource-level permissions for the action, each with
 * the reason why it is not narrower. docs/security.md shows this table.
 */
export interface Wildcard {
  /** The resource in `eu-west-1` of account 111122223333, without region and account. */
  readonly resource: string;
  readonly actions: readonly string[];
  readonly reason: string;
}

const launched =
  'what a launch uses or makes is the launch template’s choice, and only an adopted template may be launched from';

export const wildcards: readonly Wildcard[] = [
  {
    resource: 'elasticloadbalancing listener-rule/app/*/*/*/*',
    actions: ['elasticloadbalancing:AddTags', 'elasticloadbalancing:DeleteRule'],
    reason:
      'listeners are the fleet’s; tags only as a rule is made, and only rules with the tag forseti:switch are deleted',
  },
  {
    resource: 'elasticloadbalancing listener/app/*/*/*',
    actions: ['elasticloadbalancing:CreateRule'],
    reason: 'which listeners forward to a fleet is known only then; only with the tag forseti:switch',
  },
  {
    resource: 'elasticloadbalancing loadbalancer/app/*/*',
    actions: ['elasticloadbalancing:ModifyCapacityReservation'],
    reason:
      'which load balancers are a fleet’s is known only then; what was reserved before is noted and put back',
  },
  {
    resource: 'ec2 security-group/*',
    actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
    reason:
      'only the fleet’s instances tell their security groups; only rules with the tag forseti:switch are revoked, by the code',
  },
  {
    resource: 'ec2 security-group-rule/*',
    actions: ['ec2:CreateTags'],
    reason: 'rules have no names before they are; only as they are made',
  },
  {
    resource: '*',
    actions: ['servicequotas:GetServiceQuota'],
    reason: 'the quota is known only from the fleet’s instance type; it is a number that is read',
  },
  {
    resource: 'autoscaling autoScalingGroup:*:autoScalingGroupName/*',
    actions: [
      'autoscaling:CancelInstanceRefresh',
      'autoscaling:DeletePolicy',
      'autoscaling:DeleteScheduledAction',
      'autoscaling:EnterStandby',
      'autoscaling:ExitStandby',
      'autoscaling:PutScalingPolicy',
      'autoscaling:PutScheduledUpdateGroupAction',
      'autoscaling:ResumeProcesses',
      'autoscaling:RollbackInstanceRefresh',
      'autoscaling:SetDesiredCapacity',
      'autoscaling:SetInstanceProtection',
      'autoscaling:StartInstanceRefresh',
      'autoscaling:SuspendProcesses',
      'autoscaling:TerminateInstanceInAutoScalingGroup',
      'autoscaling:UpdateAutoScalingGroup',
    ],
    reason:
      'settings name groups after the stack is made; only groups that carry the tag forseti:application',
  },
  {
    resource: 'ec2 launch-template/*',
    actions: ['ec2:CreateLaunchTemplateVersion', 'ec2:DeleteLaunchTemplateVersions', 'ec2:RunInstances'],
    reason: 'the groups name their templates; only templates that carry the tag forseti:application',
  },
  {
    resource: 'ec2 instance/*',
    actions: ['ec2:RunInstances', 'ec2:CreateTags'],
    reason:
      'instances have no names before they are; a launch must come from an adopted template, tags on others be Forseti’s',
  },
  {
    resource: 'ec2 instance/*',
    actions: ['ec2:DeleteTags', 'ec2:TerminateInstances', 'ec2:CreateImage', 'ssm:SendCommand'],
    reason: 'instances come and go; by their tags, only those of a deployment (CreateImage: or of a group)',
  },
  {
    resource: 'ec2 volume/*',
    actions: ['ec2:RunInstances', 'ec2:CreateTags'],
    reason: launched,
  },
  {
    resource: 'ec2 network-interface/*',
    actions: ['ec2:RunInstances', 'ec2:CreateTags'],
    reason: launched,
  },
  {
    resource: 'ec2 spot-instances-request/*',
    actions: ['ec2:RunInstances', 'ec2:CreateTags'],
    reason: launched,
  },
  ...['license-manager license-configuration:*', 'resource-groups group/*'].map((resource) => ({
    resource,
    actions: ['ec2:RunInstances'],
    reason: launched,
  })),
  {
    resource: 'ec2 image/*',
    actions: ['ec2:RunInstances'],
    reason: launched,
  },
  {
    resource: 'ec2 image/*',
    actions: ['ec2:CreateImage', 'ec2:CopyImage', 'ec2:CreateTags', 'ec2:DeregisterImage'],
    reason:
      'images have no ids before they are made: only with Forseti’s tag, which nothing but their making gives; a copy’s source only of this account',
  },
  {
    resource: 'ec2 image/*',
    actions: ['ec2:DescribeImageAttribute'],
    reason: 'which images there are is known only then; it is read, and of Forseti’s own images only',
  },
  { resource: 'ec2 snapshot/*', actions: ['ec2:RunInstances'], reason: launched },
  {
    resource: 'ec2 snapshot/*',
    actions: ['ec2:CreateImage', 'ec2:CopyImage', 'ec2:CreateTags', 'ec2:DeleteSnapshot'],
    reason: 'as images, with which they are made and deleted',
  },
  ...['capacity-reservation', 'key-pair', 'placement-group', 'security-group', 'subnet'].map((kind) => ({
    resource: `ec2 ${kind}/*`,
    actions: ['ec2:RunInstances'],
    reason: launched,
  })),
  {
    resource: 'iam role/*',
    actions: ['iam:PassRole'],
    reason:
      'the launch template names the instances’ role; only to EC2, and to roles of one name if the stack is deployed with --param="instanceRoles=web-*"',
  },
  {
    resource: 'cloudwatch alarm:*',
    actions: ['cloudwatch:DescribeAlarms'],
    reason: 'settings name alarms of any name, and AWS judges a search on all alarms; only reading',
  },
  {
    resource: 'imagebuilder container-recipe/*/*',
    actions: ['imagebuilder:GetContainerRecipe'],
    reason: 'any recipe may build on an image of a release; read only by EC2 on the role’s behalf',
  },
  {
    resource: 'ssm parameter/*',
    actions: ['ssm:GetParameters'],
    reason:
      'launch templates name images by parameters of any name; secrets stay sealed, since nothing is decrypted',
  },
  {
    resource: 'ssm document/*',
    actions: ['ssm:DescribeDocument', 'ssm:GetDocument', 'ssm:SendCommand'],
    reason:
      'settings may name a document of the account’s own; commands reach only instances of a deployment',
  },
];
