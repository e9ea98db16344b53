/** All that the soak and the tests take from the embedded cloud. */
import { corpusWriter, observeRequests } from '@forseti/embedded-cloud';

export {
  type AnyAction,
  AwsError,
  type CallFault,
  type Chance,
  Chances,
  Cloud,
  type DynamoDbService,
  type Faults,
  makeDynamoDb,
  makeSqs,
  type OutagePlan,
  outagesOf,
  type Region,
  uuid,
} from '@forseti/embedded-cloud';

/** Writes every distinct request to the clouds of this process into a folder, where the environment names one. */
export const keepCorpus = ({
  FORSETI_CORPUS: folder,
}: {
  readonly FORSETI_CORPUS?: string | undefined;
}): void => {
  if (folder) observeRequests(corpusWriter(folder));
};
