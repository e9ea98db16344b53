import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Provider } from './provider';

/**
 * Equal or not, in a time that tells neither where they differ nor how long they are: `timingSafeEqual` wants equal
 * lengths, so that both are hashed first.
 */
const equal = (one: string | Buffer, other: string | Buffer): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());

/** All are compared, whichever holds, so that the time does not tell which. */
const any = (secrets: readonly string[], holds: (secret: string) => boolean): boolean =>
  secrets
    .filter((secret) => secret !== '')
    .map(holds)
    .includes(true);

/** GitHub: `sha256=` and the HMAC-SHA256 of the raw body in 64 hexadecimal digits. */
export const githubSignature = (body: Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/**
 * Whether the sender knows one of the secrets; without any nobody does.
 * @param proof GitHub's signature of `body`, or GitLab's token (which is the secret itself, and covers no body).
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
