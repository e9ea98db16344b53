import { corpusWriter, observePolicyUse, observeRequests, policyUseRecorder } from '@forseti/embedded-cloud';

/** Folders to write to, by environment variable. */
export interface RecordingEnvironment {
  /** Every distinct request that the clouds of this process are sent. */
  readonly FORSETI_CORPUS?: string | undefined;
  /** Which permissions the clouds of this process used. */
  readonly FORSETI_PRIVILEGES?: string | undefined;
}

/** Records what the clouds of this process are asked, where the environment names folders for it. */
export const recordClouds = ({
  FORSETI_CORPUS: corpus,
  FORSETI_PRIVILEGES: privileges,
}: RecordingEnvironment): void => {
  if (corpus) observeRequests(corpusWriter(corpus));
  if (privileges) observePolicyUse(policyUseRecorder(privileges));
};
