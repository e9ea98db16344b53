/** Everything that answers as AWS: ours, and those that others wrote. */
export const hostNames = ['local', 'ministack', 'moto', 'dynalite'] as const;
export type HostName = (typeof hostNames)[number];
export type Foreign = Exclude<HostName, 'local'>;

/** IAM's prefixes, as in the embedded cloud. */
export type ServiceName =
  | 'autoscaling'
  | 'cloudwatch'
  | 'dynamodb'
  | 'ec2'
  | 'elasticloadbalancing'
  | 'events'
  | 'lambda'
  | 'servicequotas'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'states'
  | 'sts';
