import { UsageError } from '../terminal/errors';

/** @param what part of the stack was not found: `function forseti-production-Freeze in eu-west-1`. */
export const noStack = (what: string): UsageError =>
  new UsageError(`There is no ${what}: make the stack (forseti install), or give its --region and --stage.`);
