/**
 * A small AWS in one process, on virtual time: it loads a compiled serverless stack and runs it. README.md explains how
 * to test your own stack with it.
 */

// The cloud: make one, connect SDK clients to it, let time pass, save it.
export { Cloud, type CloudOptions, type CloudState } from './cloud/cloud';
export type { CustomEvent } from './cloud/customEvent';
export type { CallRecord } from './cloud/record';
export { irelandPrices } from './cloud/listPrices';
export {
  type CallPrice,
  type Cost,
  type CostItem,
  type Price,
  type PriceList,
  priceOf,
} from './cloud/pricing';
export { connect, type ClientClass } from './sdk/connect';

// Faults: what goes wrong, and when.
export { AwsError } from './core/errors';
export {
  type CallFault,
  type CallSeen,
  type Faults,
  type InvocationFault,
  type InvocationSeen,
  type Outage,
  type OutagePlan,
  outagesOf,
} from './core/faults';

// Stacks: from `serverless package` or a CloudFormation template.
export { compileServerless, compileTemplate, type ProjectOptions } from './template/compile';
export type { Bundle, CloudFormationTemplate, Compiled, Json, TemplateResource } from './template/compiled';
export { packageProject, type Packaged } from './template/package';
export { hashSources } from './template/sources';
export { type InstallOptions, installStack, loadCode } from './cloudformation/install';
export { type AccountConcurrency, accountConcurrency } from './lambda/concurrency';
export { conditionHolds } from './template/intrinsic';
export type { Resource } from './template/resolve';
export type { ChangeSet, PlannedFailure, StackResource, StackState } from './cloudformation/state';

// Fleets, load balancers and alarms that exist from the beginning: described in YAML or JSON.
export { parseDescription, populate, type PopulateOptions } from './description/build';
export { cloudChecks } from './description/checks';
export { cloudJsonSchema } from './description/jsonSchema';
export { cloudOptions } from './description/options';
export { type CloudDescription, cloudSchema } from './description/schema';

// A cloud that is kept in a file between commands, and runs in a worker thread; client.ts opens it.
export type { CloudFactory } from './state-file/cloudFactory';
export { openInThisThread } from './state-file/inProcess';
export { serveStateFile } from './state-file/serve';
export { stackFactory, type StackFactoryOptions } from './state-file/stackFactory';

// Single services, for a cloud that needs only a few; and their states.
export type { Factories } from './cloud/cloud';
export type { ServiceFactory } from './cloud/region';
export type {
  Action,
  AnyAction,
  BusEvent,
  Caller,
  Chance,
  Region,
  Requirement,
  Service,
  Services,
  Span,
  Timings,
} from './core/service';
export { Chances, uuid } from './core/chance';
export { makeCloudWatch } from './services/cloudwatch';
export { type DynamoDbService, makeDynamoDb } from './services/dynamodb';
export { makeSns } from './services/sns';
export { makeSqs } from './services/sqs';
export { makeSsm } from './services/ssm';
export type { EventsState } from './events/state';
export type { LambdaState } from './lambda/state';
export type { ListenerRequest } from './elasticloadbalancing/request';

// Rules of AWS as functions.
export { embeddedMetrics } from './cloudwatch/embedded';
export { targetInputOf } from './events/input';
export { checkPattern, matchesPattern } from './events/pattern';
export type { Envelope, Target } from './events/state';
export { evaluateStatements } from './iam/judge';
export { serviceIsAllowed } from './iam/resource-policy';
export { listOf, type Statement, statementsOf } from './iam/statement';
export { functionUrlOf } from './lambda/functionUrls';

// Observers of all clouds of this process.
export {
  type ObservedRequest,
  observePolicyUse,
  observeRequests,
  type RequestObserver,
} from './cloud/observers';
export { corpusWriter } from './corpus/write';
export {
  contentOf,
  type PolicyUse,
  policyUseRecorder,
  regionless,
  subjectOf,
  type UseRecorder,
} from './iam/use';
