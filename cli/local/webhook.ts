/** A webhook's delivery as GitHub or GitLab sends it, to the function URL of the embedded cloud. */
import { createHash, createHmac } from 'node:crypto';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { functionUrlOf, type LambdaState } from '@forseti/embedded-cloud';
import type { StoredCloud } from '@forseti/embedded-cloud/client';
import type { Provider } from '../../lib/intake/webhook/provider';
import { UsageError } from '../terminal/errors';
import type { Session } from '../session/session';

export interface Delivery {
  readonly provider: Provider;
  /** As the provider names it: `push`; for GitLab also `Tag Push Hook`. */
  readonly event: string;
  /** The payload, as it stands in the file: what is signed. */
  readonly body: string;
  /** Its id; the same for a delivery that is sent again. */
  readonly id: string;
  readonly secret: string;
}

/** docs.gitlab.com, "Webhook events": what `X-Gitlab-Event` says of the kinds that a payload names. */
const hooks: Readonly<Record<string, string>> = { push: 'Push Hook', tag_push: 'Tag Push Hook' };

/** What each provider sends beside the body (docs.github.com, "Webhook events and payloads"; docs.gitlab.com, "Webhooks"). */
export const headersOf = ({ provider, event, body, id, secret }: Delivery): Record<string, string> =>
  provider === 'github'
    ? {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/044aadd',
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      }
    : {
        'content-type': 'application/json',
        'user-agent': 'GitLab/17.4.0',
        'x-gitlab-event': hooks[event] ?? event,
        'x-gitlab-event-uuid': id,
        'idempotency-key': id,
        'x-gitlab-token': secret,
      };

/** A UUID by what is sent and when, in virtual time: the same commands on the same seed give the same run. */
export const deliveryId = (body: string, now: number): string => {
  const digest = createHash('sha256')
    .update(`${String(now)} ${body}`)
    .digest('hex');
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
};

const secretOf = async (session: Session, provider: Provider): Promise<string> => {
  const Name = `/forseti/${session.stage}/webhooks/${provider}`;
  try {
    const { Parameter } = await session
      .connect(SSMClient)
      .send(new GetParameterCommand({ Name, WithDecryption: true }));
    return (Parameter?.Value ?? '').replace(/[\r\n]+$/, '');
  } catch (error) {
    if ((error as Error).name !== 'ParameterNotFound') throw error;
    throw new UsageError(
      `The embedded cloud has no secret for ${provider}; make one: "forseti webhook secret ${provider} --local"`,
    );
  }
};

const addressIn = async (cloud: StoredCloud, session: Session): Promise<string> => {
  const { regions } = await cloud.show();
  const lambda = regions[session.region]?.lambda as LambdaState | undefined;
  const functionName = session.names.functionName('Webhook');
  const url = Object.values(lambda?.urls ?? {}).find((one) => one.functionName === functionName);
  if (!url) throw new UsageError(`${functionName} has no function URL in ${session.region}.`);
  return functionUrlOf(url.urlId, session.region);
};

/** @returns what the webhook answers */
export const sendWebhook = async (
  cloud: StoredCloud,
  session: Session,
  { provider, event, body, id }: Omit<Delivery, 'secret' | 'id'> & { readonly id?: string | undefined },
): Promise<{ readonly status: number; readonly body: string }> => {
  const secret = await secretOf(session, provider);
  const url = await addressIn(cloud, session);
  const delivery = { provider, event, body, secret, id: id ?? deliveryId(body, cloud.now()) };
  return cloud.request({ url, method: 'POST', headers: headersOf(delivery), body }, session.region);
};
