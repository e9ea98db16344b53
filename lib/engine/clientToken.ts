import { createHash } from 'node:crypto';

/**
 * A client token derived from what it stands for: the same deployment and parameters give the same 64 hexadecimal
 * digits. So a call that is repeated after a crash is the same call to AWS. EC2 takes at most 64 characters for
 * `RunInstances` and `CopyImage`.
 */
export const clientToken = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
