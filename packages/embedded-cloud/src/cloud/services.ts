import { makeAutoScaling } from '../services/autoscaling';
import { makeCloudFormation } from '../services/cloudformation';
import { makeCloudTrail } from '../services/cloudtrail';
import { makeCloudWatch } from '../services/cloudwatch';
import { makeDynamoDb } from '../services/dynamodb';
import { makeEc2 } from '../services/ec2';
import { makeElasticLoadBalancing } from '../services/elasticloadbalancing';
import { makeEvents } from '../services/events';
import { makeLambda } from '../services/lambda';
import { makeS3 } from '../services/s3';
import { makeServiceQuotas } from '../services/servicequotas';
import { makeSns } from '../services/sns';
import { makeSqs } from '../services/sqs';
import { makeSsm } from '../services/ssm';
import { makeStates } from '../services/states';
import { makeSts } from '../services/sts';
import type { Runtime } from '../lambda/invocation';
import type { ServiceFactory, Shared } from './region';
import type { Roles } from '../iam/roles';

/**
 * The services of every region, by IAM prefix. Lambda needs more than its region, since it runs code: SDK clients of
 * the cloud, virtual time and seeded chance.
 */
export const allFactories = (
  cloud: Pick<Runtime, 'answer'> & { readonly roles: Roles },
  shared: Shared,
): Readonly<Record<string, ServiceFactory>> => ({
  autoscaling: makeAutoScaling,
  cloudformation: (region) => makeCloudFormation(region, () => cloud.roles),
  cloudtrail: makeCloudTrail,
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
  s3: makeS3,
  servicequotas: makeServiceQuotas,
  sns: makeSns,
  sqs: makeSqs,
  ssm: makeSsm,
  states: makeStates,
  sts: makeSts,
});
