import { makeAutoScaling } from '../autoscaling/service';
import { makeCloudWatch } from '../cloudwatch/service';
import { makeDynamoDb } from '../dynamodb/service';
import { makeEc2 } from '../ec2/service';
import { makeElasticLoadBalancing } from '../elasticloadbalancing/service';
import { makeEvents } from '../events/service';
import { makeLambda } from '../lambda/service';
import { makeServiceQuotas } from '../servicequotas/service';
import { makeSns } from '../sns/service';
import { makeSqs } from '../sqs/service';
import { makeSsm } from '../ssm/service';
import { makeStates } from '../states/service';
import { makeSts } from '../sts/service';
import type { Cloud } from './cloud';
import type { Factory, Shared } from './region';

/**
 * The services of every region, by IAM prefix. Lambda alone is made of more than its region: it runs code, which
 * needs SDK clients of the cloud, virtual time and seeded chance.
 */
export const allFactories = (cloud: Cloud, shared: Shared): Readonly<Record<string, Factory>> => ({
  autoscaling: makeAutoScaling,
  cloudwatch: makeCloudWatch,
  dynamodb: makeDynamoDb,
  ec2: makeEc2,
  elasticloadbalancing: makeElasticLoadBalancing,
  events: makeEvents,
  lambda: (region) =>
    makeLambda(region, {
      clock: shared.clock,
      world: shared.world,
      answer: (...call) => cloud.answer(...call),
    }),
  servicequotas: makeServiceQuotas,
  sns: makeSns,
  sqs: makeSqs,
  ssm: makeSsm,
  states: makeStates,
  sts: makeSts,
});
