import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Provider } from './provider';

/** How long a sandbox keeps what it read: a secret that was removed works for at most so long. */
export const cacheSeconds = 300;
/** A failed proof has the secrets read again, at most so often: a new secret works at once, and a flood of requests costs little. */
export const rereadSeconds = 10;

/** Secrets of one provider, and when they were read (epoch milliseconds). */
interface Kept {
  readonly secrets: readonly string[];
  readonly readAt: number;
}

/**
 * A webhook's secrets: SecureStrings in Parameter Store, `PREFIX/github` and `PREFIX/gitlab`, kept in memory for
 * {@link cacheSeconds}. Beside each, `PREFIX/github-next` is taken too, so that a secret is changed without a gap: put the
 * new one there, change it at GitHub, put it in `PREFIX/github`, delete `PREFIX/github-next`.
 *
 * Parameter Store's own key needs no permission; with another the role needs `kms:Decrypt` on it.
 */
export class WebhookSecrets {
  private readonly kept = new Map<Provider, Kept>();

  constructor(
    private readonly ssm: SSMClient,
    private readonly prefix: string,
    private readonly clock: () => number,
  ) {}

  names(provider: Provider): readonly [string, string] {
    return [`${this.prefix}/${provider}`, `${this.prefix}/${provider}-next`];
  }

  /**
   * Whether `isProven` holds for the provider's secrets, read anew where they are old or where it does not.
   * @throws what the SDK throws where Parameter Store does not answer
   */
  async prove(
    provider: Provider,
    isProven: (secrets: readonly string[]) => boolean,
  ): Promise<'proven' | 'wrong' | 'no secrets'> {
    const before = this.kept.get(provider);
    const ageMs = before ? this.clock() - before.readAt : Infinity;
    const secrets = before && ageMs < cacheSeconds * 1000 ? before.secrets : await this.read(provider);
    if (isProven(secrets)) return 'proven';
    const isOld = before?.secrets === secrets && ageMs >= rereadSeconds * 1000;
    const latest = isOld ? await this.read(provider) : secrets;
    if (isOld && isProven(latest)) return 'proven';
    return latest.length === 0 ? 'no secrets' : 'wrong';
  }

  private async read(provider: Provider): Promise<readonly string[]> {
    const { Parameters: parameters = [] } = await this.ssm.send(
      new GetParametersCommand({ Names: [...this.names(provider)], WithDecryption: true }),
    );
    // `aws ssm put-parameter --value file://…` keeps the file's last line break, which is no part of the secret.
    const secrets = parameters
      .filter(({ Type }) => Type === 'SecureString')
      .map(({ Value }) => (Value ?? '').replace(/[\r\n]+$/, ''))
      .filter((secret) => secret !== '');
    this.kept.set(provider, { secrets, readAt: this.clock() });
    return secrets;
  }
}
