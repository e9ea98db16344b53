/** Everything that answers like AWS: this cloud, and emulators by others. */
export const hostNames = ['local', 'ministack', 'moto', 'dynalite', 'elasticmq'] as const;
export type HostName = (typeof hostNames)[number];
export type Foreign = Exclude<HostName, 'local'>;

/** IAM's prefixes, as in the embedded cloud. */
export type ServiceName =
  | 'autoscaling'
  | 'cloudformation'
  | 'cloudtrail'
  | 'cloudwatch'
  | 'dynamodb'
  | 'ec2'
  | 'elasticloadbalancing'
  | 'events'
  | 'lambda'
  | 's3'
  | 'servicequotas'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'states'
  | 'sts';
