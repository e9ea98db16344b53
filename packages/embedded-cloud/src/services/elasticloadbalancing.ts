/**
 * The simulated Elastic Load Balancing (version 2): target groups with health checks and draining. Requests are
 * modelled one at a time. Slow start is not modelled, except for its attribute.
 */
import type { Region, Service } from '../core/service';
import {
  describeCapacityReservation,
  modifyCapacityReservation,
} from '../elasticloadbalancing/actions/capacity';
import { createRule, deleteRule, describeTags } from '../elasticloadbalancing/actions/rules';
import { createTargetGroup, deleteTargetGroup } from '../elasticloadbalancing/actions/lambdaTargetGroups';
import {
  describeListeners,
  describeLoadBalancers,
  describeRules,
} from '../elasticloadbalancing/actions/loadBalancers';
import {
  describeTargetGroupAttributes,
  describeTargetGroups,
} from '../elasticloadbalancing/actions/targetGroups';
import {
  deregisterTargets,
  describeTargetHealth,
  registerTargets,
} from '../elasticloadbalancing/actions/targets';
import { requireTargetGroup } from '../elasticloadbalancing/errors';
import { type CapacityDue, provisioned } from '../elasticloadbalancing/capacity';
import {
  changeHealth,
  considerEverywhere,
  noteVerdict,
  type HealthDue,
} from '../elasticloadbalancing/health';
import { deregister, finishDraining, register, type DrainedDue } from '../elasticloadbalancing/registration';
import { type ListenerRequest, type ListenerResponse, request } from '../elasticloadbalancing/request';
import { makeSeed, type ElasticLoadBalancingSeed } from '../elasticloadbalancing/seed';
import {
  emptyElasticLoadBalancingState,
  type ElasticLoadBalancingState,
  type TargetState,
} from '../elasticloadbalancing/state';

export interface ElasticLoadBalancingService
  extends Service<ElasticLoadBalancingState>, ElasticLoadBalancingSeed {
  /** @throws AwsError TargetGroupNotFound */
  register(targetGroupArn: string, instanceId: string): void;
  /** Drains the target for the deregistration delay, then removes it. Does nothing if it is not registered. */
  deregister(targetGroupArn: string, instanceId: string): void;
  /** `unused` also where the target is not registered. */
  health(targetGroupArn: string, instanceId: string): TargetState;
  /** Called by EC2: the instance is running. */
  instanceRunning(instanceId: string): void;
  instanceGone(instanceId: string): void;
  /** Called by EC2: the application is down until it has started again. */
  instanceRebooted(instanceId: string): void;
  softwareChanged(instanceId: string): void;
  ailmentChanged(instanceId: string): void;
  /** Sends a request to a load balancer, from any client that can reach it. */
  request(request: ListenerRequest): Promise<ListenerResponse>;
}

declare module '../core/service' {
  interface Services {
    elasticloadbalancing: ElasticLoadBalancingService;
  }
}

const actions = {
  CreateRule: createRule,
  CreateTargetGroup: createTargetGroup,
  DeleteRule: deleteRule,
  DeleteTargetGroup: deleteTargetGroup,
  DeregisterTargets: deregisterTargets,
  DescribeCapacityReservation: describeCapacityReservation,
  DescribeListeners: describeListeners,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeRules: describeRules,
  DescribeTags: describeTags,
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  DescribeTargetGroups: describeTargetGroups,
  DescribeTargetHealth: describeTargetHealth,
  ModifyCapacityReservation: modifyCapacityReservation,
  RegisterTargets: registerTargets,
};

export const makeElasticLoadBalancing = (region: Region): ElasticLoadBalancingService => {
  const state = () => service.state;
  const consider = (instanceId: string) => considerEverywhere(region, state(), instanceId);
  const service: ElasticLoadBalancingService = {
    state: emptyElasticLoadBalancingState(),
    actions,
    due(kind, payload) {
      if (kind === 'health') return changeHealth(region, state(), payload as HealthDue);
      if (kind === 'capacity') return provisioned(state(), payload as CapacityDue);
      if (kind === 'drained') return finishDraining(region, state(), payload as DrainedDue);
      throw new Error(`Load balancing put nothing of the kind '${kind}' on the agenda`);
    },
    register: (arn, instanceId) => register(region, state(), requireTargetGroup(state(), arn), instanceId),
    deregister: (arn, instanceId) =>
      deregister(region, state(), requireTargetGroup(state(), arn), instanceId),
    health: (arn, instanceId) => state().targetGroups[arn]?.targets[instanceId]?.state ?? 'unused',
    request: (asked) => request(region, state(), asked),
    instanceRunning: consider,
    instanceGone: consider,
    instanceRebooted: consider,
    ailmentChanged: consider,
    softwareChanged: (instanceId) => {
      noteVerdict(region, state(), instanceId);
      consider(instanceId);
    },
    ...makeSeed(region, state),
  };
  return service;
};
