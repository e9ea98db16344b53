import type { Call } from './call';

/**
 * The fleet's side stands on moto, which really holds instances; everything else on MiniStack. Systems Manager belongs to
 * the instances too; its parameters could lie on either, but MiniStack takes `GetParametersByPath` for a call on `*`, and
 * so refuses a role that may read one path, as it takes `DescribeAlarms`.
 */
const motoServices = new Set([
  'ec2',
  'autoscaling',
  'elasticloadbalancing',
  'servicequotas',
  'ssm',
  'cloudwatch',
]);

export const routeOf = ({ service }: Call): 'ministack' | 'moto' =>
  motoServices.has(service) ? 'moto' : 'ministack';
