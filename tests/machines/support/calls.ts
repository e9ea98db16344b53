import type { TestStack } from './testStack';

const fleetServices = new Set(['ec2', 'autoscaling', 'elasticloadbalancing', 'cloudwatch', 'ssm']);
const refusals = new Set(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException']);

/** Calls with which functions change the fleet. Dry runs do not count, calls that AWS refused do. */
export const changesOfFleet = ({ cloud }: TestStack): string[] =>
  cloud.calls.mutating
    .filter(({ caller, service }) => caller.startsWith('forseti-') && fleetServices.has(service))
    .map(({ service, action }) => `${service}:${action}`);

/** Calls that IAM refused: the function's role lacks a permission. */
export const refusedByIam = ({ cloud }: TestStack): string[] =>
  cloud.calls.list
    .filter(({ error }) => refusals.has(error ?? ''))
    .map(({ caller, service, action }) => `${caller} ${service}:${action}`);
