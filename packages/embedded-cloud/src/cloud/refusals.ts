import { AwsError } from '../core/errors';
import type { Caller } from '../core/service';

/** The codes on the wire with which a service refuses: for missing permission, or for too many calls. */
interface Codes {
  readonly denied: string;
  readonly deniedStatus: number;
  readonly throttled: string;
  readonly throttledStatus: number;
  readonly throttledMessage: string;
}

const query: Codes = {
  denied: 'AccessDenied',
  deniedStatus: 403,
  throttled: 'Throttling',
  throttledStatus: 400,
  throttledMessage: 'Rate exceeded',
};
const json: Codes = {
  ...query,
  denied: 'AccessDeniedException',
  deniedStatus: 400,
  throttled: 'ThrottlingException',
};

/** By IAM prefix; services not named here speak JSON. */
const codes: Readonly<Record<string, Codes>> = {
  autoscaling: query,
  elasticloadbalancing: query,
  cloudwatch: query,
  sts: query,
  ec2: {
    denied: 'UnauthorizedOperation',
    deniedStatus: 403,
    throttled: 'RequestLimitExceeded',
    throttledStatus: 503,
    throttledMessage: 'Request limit exceeded.',
  },
  sns: { ...query, denied: 'AuthorizationError', throttled: 'Throttled', throttledStatus: 429 },
  sqs: {
    ...json,
    denied: 'AccessDenied',
    deniedStatus: 403,
    throttled: 'RequestThrottled',
    throttledStatus: 403,
  },
  lambda: {
    ...json,
    deniedStatus: 403,
    throttled: 'TooManyRequestsException',
    throttledStatus: 429,
  },
  servicequotas: { ...json, throttled: 'TooManyRequestsException', throttledStatus: 429 },
};

const of = (service: string): Codes => codes[service] ?? json;

export const throttled = (service: string): AwsError => {
  const { throttled: code, throttledMessage, throttledStatus } = of(service);
  return new AwsError(code, throttledMessage, { statusCode: throttledStatus });
};

/** A requirement that is not allowed; `explicitly` if a statement denies it. */
export interface Refused {
  readonly action: string;
  readonly resource: string;
  readonly explicitly: boolean;
}

/** AWS's message for a requirement that no statement of the caller's role allows, or that one denies. */
export const denied = (
  service: string,
  caller: Caller,
  { action, resource, explicitly }: Refused,
): AwsError => {
  const { denied: code, deniedStatus } = of(service);
  const principal =
    caller.kind === 'function'
      ? `${caller.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${caller.name}`
      : caller.arn;
  const reason = explicitly
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  const refusal = `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  const message =
    service === 'ec2' ? `You are not authorized to perform this operation. ${refusal}` : refusal;
  return new AwsError(code, message, { statusCode: deniedStatus });
};
