import { createHash } from 'node:crypto';

/**
 * A client token derived from what it stands for: the same deployment and parameters give the same 64 hexadecimal
 * digits, so that a call which is made again after a death is the same call to AWS. EC2 takes 64 characters at most for
 * `RunInstances` and `CopyImage`.
 */
export const clientToken = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
