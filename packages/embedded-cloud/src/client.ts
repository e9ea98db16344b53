/**
 * For a command that works on a cloud in a worker thread. It does not import the services, so that the command starts
 * faster. `serveStateFile` of the package's index makes the worker.
 */
export { openInWorker, type StateFilePlace, type StoredCloud } from './state-file/client';
export type { Shown, TextRequest, TextResponse } from './state-file/protocol';
