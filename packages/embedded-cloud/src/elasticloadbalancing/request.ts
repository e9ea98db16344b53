/** One request to a load balancer: which rule matches it, and the response. */
import type { Region } from '../core/service';
import { mayInvoke } from './lambdaTarget';
import { requireTargetGroup } from './errors';
import { isFor, rulesOf } from './rules';
import type { ElasticLoadBalancingState, RuleAction, TargetGroup } from './state';

export interface ListenerRequest {
  /** The load balancer's name. */
  readonly name: string;
  /** 80 by default. */
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly method?: string;
}

export interface ListenerResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const html = (status: number, text: string): ListenerResponse => ({
  status,
  headers: { server: 'awselb/2.0', 'content-type': 'text/html' },
  body: text,
});

interface LambdaAnswer {
  readonly statusCode?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** If the function throws, or returns a response that ELB does not understand, the response is 502. */
const fromFunction = async (
  region: Region,
  group: TargetGroup,
  request: Required<ListenerRequest>,
): Promise<ListenerResponse> => {
  const { functionArn } = group;
  if (functionArn === undefined) return html(503, 'Service Temporarily Unavailable');
  if (!mayInvoke(region, functionArn, group.arn)) return html(502, 'Bad Gateway');
  const outcome = await region.service('lambda').invoke(functionArn, {
    requestContext: { elb: { targetGroupArn: group.arn } },
    httpMethod: request.method,
    path: request.path,
    queryStringParameters: {},
    headers: { host: request.host, 'x-forwarded-port': String(request.port) },
    body: '',
    isBase64Encoded: false,
  });
  const answer = ('payload' in outcome ? outcome.payload : undefined) as LambdaAnswer | undefined;
  if (typeof answer?.statusCode !== 'number') return html(502, 'Bad Gateway');
  const { body = '', isBase64Encoded = false } = answer;
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(
      Object.entries({ server: 'awselb/2.0', ...answer.headers }).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]),
    ),
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
  };
};

/** The software version of a healthy instance stands for the application's response. */
const fromInstances = (region: Region, group: TargetGroup): ListenerResponse => {
  const healthy = Object.values(group.targets).find((target) => target.state === 'healthy');
  if (!healthy) return html(503, 'Service Temporarily Unavailable');
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: region.service('ec2').instance(healthy.id)?.software ?? '',
  };
};

const answer = async (
  region: Region,
  state: ElasticLoadBalancingState,
  { type, targetGroupArn, fixedResponse }: RuleAction,
  request: Required<ListenerRequest>,
): Promise<ListenerResponse> => {
  if (fixedResponse)
    return {
      status: Number(fixedResponse.statusCode),
      headers: { server: 'awselb/2.0', 'content-type': fixedResponse.contentType ?? 'text/plain' },
      body: fixedResponse.messageBody ?? '',
    };
  if (type !== 'forward') throw new Error(`Requests are not answered by ${type} here.`);
  const group = requireTargetGroup(state, targetGroupArn);
  return group.targetType === 'lambda' ? fromFunction(region, group, request) : fromInstances(region, group);
};

/** @throws Error if there is no such load balancer, or it does not listen on that port */
export const request = async (
  region: Region,
  state: ElasticLoadBalancingState,
  { name, port = 80, host = 'www.example.com', path = '/', method = 'GET' }: ListenerRequest,
): Promise<ListenerResponse> => {
  const balancer = Object.values(state.loadBalancers).find((one) => one.name === name);
  const listener = Object.values(state.listeners).find(
    (one) => one.loadBalancerArn === balancer?.arn && one.port === port,
  );
  if (!listener) throw new Error(`No load balancer ${name} listens on port ${String(port)}.`);
  const asked = { name, port, host, path, method };
  const rule = rulesOf(state, listener.arn).find((one) => isFor(one, asked));
  const [action] = rule?.actions ?? [];
  if (!action) throw new Error(`Listener ${listener.arn} has no default rule.`);
  return answer(region, state, action, asked);
};
