/** The state of the simulated load balancing: plain JSON, times in epoch milliseconds. */

/** `unused` is also the state of a target that is not registered. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export interface Target {
  readonly id: string;
  readonly port: number;
  /** Health checks run at whole intervals after this time. */
  registeredAt: number;
  state: TargetState;
  reason?: string;
  description?: string;
  /** When it entered its state. */
  since: number;
  /** Since when its checks fail, while it is not unhealthy yet. */
  failingSince?: number;
  /** Grows with each new plan. Agenda entries of an older plan are ignored. */
  plan: number;
}

export interface HealthCheck {
  readonly protocol: string;
  readonly port: string;
  readonly path: string;
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly vpcId: string;
  readonly healthCheck: HealthCheck;
  /** Values are strings, as in DescribeTargetGroupAttributes. */
  attributes: Record<string, string>;
  /** If it is empty, the group's targets are unused. */
  loadBalancerArns: string[];
  tags: Record<string, string>;
  /** By instance id. */
  targets: Record<string, Target>;
  /** `instance` by default. */
  readonly targetType?: 'lambda';
  /** The one target of a group for a Lambda function. */
  functionArn?: string;
}

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly createdAt: number;
  readonly vpcId: string;
  readonly scheme: 'internet-facing' | 'internal';
  /** Enabled zones; all zones if omitted. */
  readonly zones?: readonly { readonly zone: string; readonly subnetId?: string }[];
  capacity?: CapacityReservation;
  tags: Record<string, string>;
}

export interface FixedResponse {
  readonly statusCode: string;
  readonly contentType?: string;
  readonly messageBody?: string;
}

export interface RuleAction {
  readonly type: 'forward' | 'fixed-response' | 'redirect';
  readonly targetGroupArn?: string;
  readonly fixedResponse?: FixedResponse;
}

/** A condition on requests, as CreateRule takes it. */
export interface Condition {
  readonly field: string;
  readonly values: readonly string[];
}

/** A reserved minimum of load balancer capacity. */
export interface CapacityReservation {
  /** LCU for all zones together; undefined after a reset. */
  readonly units: number | undefined;
  readonly state: 'pending' | 'provisioned';
  readonly modifiedAt: number;
  /** Times at which it was lowered within the last day. */
  readonly decreasedAt: readonly number[];
}

export interface Listener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: string;
}

export interface Rule {
  readonly arn: string;
  readonly listenerArn: string;
  /** `default`, or a number as digits. */
  readonly priority: string;
  /** Absent in the default rule. */
  readonly conditions?: readonly Condition[];
  actions: RuleAction[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** When the application on an instance is up, after the given boot. */
export interface Application {
  readonly bootedAt: number;
  readonly upAt: number;
}

export interface ElasticLoadBalancingState {
  /** By ARN. */
  targetGroups: Record<string, TargetGroup>;
  loadBalancers: Record<string, LoadBalancer>;
  listeners: Record<string, Listener>;
  rules: Record<string, Rule>;
  /** By instance id. */
  applications: Record<string, Application>;
  /** The target groups in which an instance is registered, by instance id. */
  registrations: Record<string, string[]>;
  /** Software versions that never answer a health check. */
  brokenSoftware: string[];
}

export const emptyElasticLoadBalancingState = (): ElasticLoadBalancingState => ({
  targetGroups: {},
  loadBalancers: {},
  listeners: {},
  rules: {},
  applications: {},
  registrations: {},
  brokenSoftware: [],
});

/** AWS's defaults for target groups of Application Load Balancers. */
export const defaultHealthCheck: HealthCheck = {
  protocol: 'HTTP',
  port: 'traffic-port',
  path: '/',
  matcher: '200',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
};

export const defaultAttributes: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'slow_start.duration_seconds': '0',
  'stickiness.enabled': 'false',
  'stickiness.type': 'lb_cookie',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
};
