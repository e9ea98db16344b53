/** All that the soak and the tests take from the embedded cloud. */
export { Chances, uuid } from '../../embedded-cloud/src/core/chance';
export { Cloud } from '../../embedded-cloud/src/core/cloud';
export { keepCorpus } from '../../embedded-cloud/src/corpus/ask';
export { type DynamoDbService, makeDynamoDb } from '../../embedded-cloud/src/dynamodb/service';
export { AwsError } from '../../embedded-cloud/src/errors';
export { type CallFault, type Faults, type OutagePlan, outagesOf } from '../../embedded-cloud/src/faults';
export type { AnyAction, Chance, Region } from '../../embedded-cloud/src/service';
export { makeSqs } from '../../embedded-cloud/src/sqs/service';
