import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  type Parameter,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { Provider } from '../../lib/intake/webhook/provider';
import { RefusedEarly, UsageError } from '../terminal/errors';
import type { Session } from '../session/session';

/**
 * The parameters of one provider. The webhook accepts both secrets, so that one is changed without a gap
 * (lib/intake/webhook/secrets.ts).
 */
interface SecretNames {
  readonly current: string;
  readonly next: string;
}

const secretNames = ({ stage }: Session, provider: Provider): SecretNames => {
  const current = `/forseti/${stage}/webhooks/${provider}`;
  return { current, next: `${current}-next` };
};

const find = async (session: Session, names: SecretNames) => {
  // Not decrypted: whether they are there is all that is asked.
  const { Parameters: found = [] } = await session
    .connect(SSMClient)
    .send(new GetParametersCommand({ Names: [names.current, names.next] }));
  for (const { Name: name = '', Type: type = '' } of found)
    if (type !== 'SecureString')
      throw new RefusedEarly(
        `${name} is a ${type}, which anyone who lists parameters can read; the webhook ignores it. Remove it, then run this again: ` +
          `aws ssm delete-parameter --region ${session.region} --name ${name}`,
      );
  const named = (name: string): Parameter | undefined => found.find(({ Name }) => Name === name);
  return { current: named(names.current), next: named(names.next) };
};

const since = ({ LastModifiedDate: at }: Parameter): string =>
  at ? ` since ${at.toISOString().slice(0, 16)}Z` : '';

/** A token that GitHub signs with, and GitLab sends as a header: printable, and no text that Parameter Store would resolve. */
const tokenPattern = /^(?!.*\{\{)[\x21-\x7e]{16,256}$/;

/** @throws UsageError, which never repeats the secret */
export const readSecret = (text: string): string => {
  const secret = text.replace(/[\r\n]+$/, '');
  if (!tokenPattern.test(secret))
    throw new UsageError(
      `The secret has ${String(secret.length)} characters; expected 16 to 256 printable ASCII characters on one line, without blanks and without {{.`,
    );
  return secret;
};

/** Where a secret was stored. */
export interface StoredSecret {
  readonly parameter: string;
  /** Whether another secret is accepted beside it until the change is finished. */
  readonly beside: boolean;
}

/**
 * Stores a provider's secret as a SecureString under Parameter Store's own key. While one is set, the new one is stored
 * beside it.
 * @throws RefusedEarly where one is set and `rotate` is not, or where a change is under way
 */
export const storeWebhookSecret = async (
  session: Session,
  provider: Provider,
  { secret, rotate }: { readonly secret: string; readonly rotate: boolean },
): Promise<StoredSecret> => {
  const names = secretNames(session, provider);
  const { current, next } = await find(session, names);
  if (next)
    throw new RefusedEarly(
      `The secret of ${provider} is being changed${since(next)}: both are accepted. When ${provider} has the new one, run ` +
        `"forseti webhook secret ${provider} --finish". To begin anew: aws ssm delete-parameter --region ${session.region} --name ${names.next}`,
    );
  if (current && !rotate)
    throw new RefusedEarly(
      `${provider} has a secret${since(current)}, and nothing was changed. To change it without a gap: "forseti webhook secret ${provider} --rotate".`,
    );
  const parameter = current ? names.next : names.current;
  // Never overwrites: another person may be doing the same.
  await session
    .connect(SSMClient)
    .send(
      new PutParameterCommand({ Name: parameter, Type: 'SecureString', Value: secret, Overwrite: false }),
    );
  return { parameter, beside: current !== undefined };
};

/**
 * Ends a change: from now on only the new secret is accepted. Running functions keep the old one for up to five minutes.
 * @throws RefusedEarly where none is under way
 */
export const finishRotation = async (session: Session, provider: Provider): Promise<StoredSecret> => {
  const names = secretNames(session, provider);
  const { next } = await find(session, names);
  if (!next)
    throw new RefusedEarly(
      `The secret of ${provider} is not being changed: there is no ${names.next}. To change it: "forseti webhook secret ${provider} --rotate".`,
    );
  const ssm = session.connect(SSMClient);
  const { Parameter: read } = await ssm.send(
    new GetParameterCommand({ Name: names.next, WithDecryption: true }),
  );
  await ssm.send(
    new PutParameterCommand({
      Name: names.current,
      Type: 'SecureString',
      Value: read?.Value ?? '',
      Overwrite: true,
    }),
  );
  await ssm.send(new DeleteParameterCommand({ Name: names.next }));
  return { parameter: names.current, beside: false };
};
