import type { Call } from './call';

/**
 * Services of the fleet go to moto, which has instances; all others go to MiniStack. Systems Manager belongs to the
 * instances too. Its parameters could be on either, but MiniStack takes `GetParametersByPath` for a call on `*` and so
 * refuses a role that may read one path. The same goes for `DescribeAlarms`.
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
