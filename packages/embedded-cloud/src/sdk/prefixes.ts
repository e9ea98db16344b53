/** IAM's prefix of a service, by the service id of its SDK client. */
const prefixes: Readonly<Record<string, string>> = {
  'Auto Scaling': 'autoscaling',
  CloudTrail: 'cloudtrail',
  CloudWatch: 'cloudwatch',
  DynamoDB: 'dynamodb',
  EC2: 'ec2',
  'Elastic Load Balancing v2': 'elasticloadbalancing',
  EventBridge: 'events',
  Lambda: 'lambda',
  'Service Quotas': 'servicequotas',
  SFN: 'states',
  SNS: 'sns',
  SQS: 'sqs',
  SSM: 'ssm',
  STS: 'sts',
};

export const prefixOf = (serviceId: string): string =>
  prefixes[serviceId] ?? serviceId.toLowerCase().replaceAll(' ', '');
