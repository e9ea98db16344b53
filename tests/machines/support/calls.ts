import type { TestStack } from './testStack';

const fleetServices = new Set(['ec2', 'autoscaling', 'elasticloadbalancing', 'cloudwatch', 'ssm']);
const refusals = new Set(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException']);

/** Calls by which functions could have changed the fleet; dry runs are none, tries that AWS refused are. */
export const changesOfFleet = ({ cloud }: TestStack): string[] =>
  cloud.calls.mutating
    .filter(({ caller, service }) => caller.startsWith('forseti-') && fleetServices.has(service))
    .map(({ service, action }) => `${service}:${action}`);

/** Calls that IAM refused: a function reached for what its role does not hold. */
export const refusedByIam = ({ cloud }: TestStack): string[] =>
  cloud.calls.list
    .filter(({ error }) => refusals.has(error ?? ''))
    .map(({ caller, service, action }) => `${caller} ${service}:${action}`);
