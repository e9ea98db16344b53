import type { Quota } from './state';

const quota = (
  [serviceCode, serviceName, code, name]: readonly [string, string, string, string],
  defaultValue: number,
  value: number = defaultValue,
): Quota => ({ serviceCode, serviceName, code, name, defaultValue, value, adjustable: true, unit: 'None' });

const ec2 = ['ec2', 'Amazon Elastic Compute Cloud (Amazon EC2)'] as const;
const scaling = ['autoscaling', 'Amazon EC2 Auto Scaling'] as const;
const balancing = ['elasticloadbalancing', 'Elastic Load Balancing (ELB)'] as const;

const reservedUnits = 'Reserved Application Load Balancer Capacity Units';

/**
 * Quotas of an account that has been in use for a while: vCPUs were raised, the others have AWS's defaults. "Running
 * On-Demand …" quotas count vCPUs.
 */
const list: readonly Quota[] = [
  quota([...ec2, 'L-1216C47A', 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances'], 5, 1280),
  quota([...ec2, 'L-DB2E81BA', 'Running On-Demand G and VT instances'], 0),
  quota([...ec2, 'L-417A185B', 'Running On-Demand P instances'], 0),
  quota([...ec2, 'L-74FC7D96', 'Running On-Demand F instances'], 0),
  quota([...ec2, 'L-7295265B', 'Running On-Demand X instances'], 0),
  quota([...ec2, 'L-43DA4232', 'Running On-Demand High Memory instances'], 0),
  quota([...ec2, 'L-34B43A08', 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests'], 5, 1280),
  quota([...scaling, 'L-CDE20ADC', 'Auto Scaling groups per region'], 500),
  quota([...scaling, 'L-6B80B8FA', 'Launch configurations per region'], 200),
  quota(['lambda', 'AWS Lambda', 'L-B99A9384', 'Concurrent executions'], 1000),
  quota([...balancing, 'L-53DA6B97', 'Application Load Balancers per Region'], 50),
  quota([...balancing, 'L-B22855CB', 'Target Groups per Region'], 3000),
  quota([...balancing, 'L-7E6692B2', 'Targets per Application Load Balancer'], 1000),
  // AWS documents these two quotas without their codes. The codes here are placeholders.
  quota([...balancing, 'L-0000AAAA', `${reservedUnits} (LCUs) per Application Load Balancer`], 15_000),
  quota([...balancing, 'L-0000BBBB', `${reservedUnits} (LCU) per Region`], 0, 6_000),
];

export const quotaKey = (serviceCode: string, code: string): string => `${serviceCode}/${code}`;

export const defaultQuotas = (): Record<string, Quota> =>
  Object.fromEntries(list.map((one) => [quotaKey(one.serviceCode, one.code), one]));
