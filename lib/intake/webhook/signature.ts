import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Provider } from './provider';

/**
 * Compares in a time that depends neither on where the two differ nor on their lengths. `timingSafeEqual` needs equal
 * lengths, so both are hashed first.
 */
const equal = (one: string | Buffer, other: string | Buffer): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());

/** Compares all secrets, so that the time does not show which of them matched. */
const any = (secrets: readonly string[], holds: (secret: string) => boolean): boolean =>
  secrets
    .filter((secret) => secret !== '')
    .map(holds)
    .includes(true);

/** GitHub: `sha256=` and the HMAC-SHA256 of the raw body in 64 hexadecimal digits. */
export const githubSignature = (body: Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/**
 * Whether the sender knows one of the secrets. Without any secret nobody does.
 * @param proof GitHub's signature of `body`, or GitLab's token, which is the secret itself and signs nothing
 */
export const isProven = (
  provider: Provider,
  proof: string,
  body: Buffer,
  secrets: readonly string[],
): boolean =>
  provider === 'github'
    ? any(secrets, (secret) => equal(githubSignature(body, secret), proof))
    : any(secrets, (secret) => equal(secret, proof));
