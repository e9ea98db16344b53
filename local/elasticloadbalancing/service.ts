/**
 * The simulated Elastic Load Balancing (version 2): target groups with health checks and draining.
 * Traffic itself is not modelled, nor is slow start beyond its attribute.
 */
import type { Region, Service } from '../service';
import { describeListeners, describeLoadBalancers, describeRules } from './actions/loadBalancers';
import { describeTargetGroupAttributes, describeTargetGroups } from './actions/targetGroups';
import { deregisterTargets, describeTargetHealth, registerTargets } from './actions/targets';
import { requireTargetGroup } from './errors';
import { changeHealth, considerEverywhere, noteVerdict, type HealthDue } from './health';
import { deregister, finishDraining, register, type DrainedDue } from './registration';
import { makeSeed, type ElasticLoadBalancingSeed } from './seed';
import { emptyElasticLoadBalancingState, type ElasticLoadBalancingState, type TargetState } from './state';

export interface ElasticLoadBalancingService
  extends Service<ElasticLoadBalancingState>, ElasticLoadBalancingSeed {
  /** @throws AwsError TargetGroupNotFound */
  register(targetGroupArn: string, instanceId: string): void;
  /** Draining for the deregistration delay, then gone; nothing where it is not registered. */
  deregister(targetGroupArn: string, instanceId: string): void;
  /** `unused` also where the target is not registered. */
  health(targetGroupArn: string, instanceId: string): TargetState;
  /** EC2 tells of an instance's life. */
  instanceRunning(instanceId: string): void;
  instanceGone(instanceId: string): void;
  /** The application is down until it has started again. */
  instanceRebooted(instanceId: string): void;
  softwareChanged(instanceId: string): void;
}

declare module '../service' {
  interface Services {
    elasticloadbalancing: ElasticLoadBalancingService;
  }
}

const actions = {
  DeregisterTargets: deregisterTargets,
  DescribeListeners: describeListeners,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeRules: describeRules,
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  DescribeTargetGroups: describeTargetGroups,
  DescribeTargetHealth: describeTargetHealth,
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
      if (kind === 'drained') return finishDraining(region, state(), payload as DrainedDue);
      throw new Error(`Load balancing put nothing of the kind '${kind}' on the agenda`);
    },
    register: (arn, instanceId) => register(region, state(), requireTargetGroup(state(), arn), instanceId),
    deregister: (arn, instanceId) =>
      deregister(region, state(), requireTargetGroup(state(), arn), instanceId),
    health: (arn, instanceId) => state().targetGroups[arn]?.targets[instanceId]?.state ?? 'unused',
    instanceRunning: consider,
    instanceGone: consider,
    instanceRebooted: consider,
    softwareChanged: (instanceId) => {
      noteVerdict(region, state(), instanceId);
      consider(instanceId);
    },
    ...makeSeed(region, state),
  };
  return service;
};
