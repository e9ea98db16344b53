import { watchRequests } from '../core/witness';
import { corpusWriter } from './write';

/**
 * For the edges: where `FORSETI_CORPUS` names a folder, every distinct request that the clouds of this process are
 * sent is written there.
 */
export const keepCorpus = ({
  FORSETI_CORPUS: folder,
}: {
  readonly FORSETI_CORPUS?: string | undefined;
}): void => {
  if (folder) watchRequests(corpusWriter(folder));
};
