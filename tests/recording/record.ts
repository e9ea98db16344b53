import { corpusWriter, observePolicyUse, observeRequests, policyUseRecorder } from '@forseti/embedded-cloud';

/** Folders for the records, by environment variable. */
export interface RecordingEnvironment {
  /** Gets every distinct request to the clouds of this process. */
  readonly FORSETI_CORPUS?: string | undefined;
  /** Gets the permissions that the clouds of this process used. */
  readonly FORSETI_PRIVILEGES?: string | undefined;
}

/** Records the requests to the clouds of this process, if the environment names folders for them. */
export const recordClouds = ({
  FORSETI_CORPUS: corpus,
  FORSETI_PRIVILEGES: privileges,
}: RecordingEnvironment): void => {
  if (corpus) observeRequests(corpusWriter(corpus));
  if (privileges) observePolicyUse(policyUseRecorder(privileges));
};
