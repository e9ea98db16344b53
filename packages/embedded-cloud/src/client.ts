/**
 * For a command that works on a cloud in a worker thread: it needs no service, and starts faster without.
 * The worker itself is made with `serveStateFile` of the package's index.
 */
export { openInWorker, type StateFilePlace, type StoredCloud } from './state-file/client';
export type { Shown } from './state-file/protocol';
