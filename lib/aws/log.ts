import { Logger } from '@aws-lambda-powertools/logger';
import type { Environment } from './environment';

/** One JSON line for each entry. Events and settings are never logged, only what a caller names. */
export const makeLogger = (environment: Environment): Logger =>
  new Logger({ serviceName: `${environment.service}-${environment.stage}` });

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
