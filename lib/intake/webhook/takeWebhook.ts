import { listedRefusal } from '../refusedTags';
import { refuse, type WebhookReply } from './answer';
import type { Deliveries, DeliveryItem } from './deliveries';
import { judgeGitHub } from './github';
import { judgeGitLab } from './gitlab';
import { type DeliveryName, identify } from './identify';
import { type MessagePlace, tagMessage } from './message';
import { readPayload } from './payload';
import { inspect, type Provider, titles } from './provider';
import { type FunctionUrlEvent, mediaType, rawBody } from './request';
import type { WebhookSecrets } from './secrets';
import { isProven } from './signature';
import type { CreatedTag, WebhookVerdict } from './verdict';

export interface WebhookTools {
  readonly secrets: WebhookSecrets;
  readonly deliveries: Deliveries;
  /** Puts a request on the requests queue; settles when the queue holds it. */
  readonly enqueue: (body: string) => Promise<void>;
  readonly place: MessagePlace;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
  /** Gets nothing of the body, the headers or a secret. */
  readonly log: {
    warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
  };
}

const judge: Readonly<Record<Provider, (event: string, payload: unknown) => WebhookVerdict>> = {
  github: judgeGitHub,
  gitlab: judgeGitLab,
};

/** Comes first: the body is parsed only after its sender has proven to know a secret. */
const authenticate = async (
  provider: Provider,
  proof: string,
  body: Buffer,
  { secrets, log }: WebhookTools,
): Promise<WebhookReply | undefined> => {
  const proven = await secrets.prove(provider, (known) => isProven(provider, proof, body, known));
  if (proven === 'proven') return undefined;
  if (proven === 'no secrets')
    log.warn('A webhook was refused since no secret is set: put a SecureString', {
      provider,
      parameter: secrets.names(provider)[0],
    });
  return refuse(
    401,
    provider === 'github'
      ? 'X-Hub-Signature-256 is not the signature of this body by the secret that is set here.'
      : 'X-Gitlab-Token is not the token that is set here.',
  );
};

/**
 * Takes one delivery of a webhook: refuses it, notes why it asks for nothing, or puts one request on the queue.
 * @throws what the SDK throws: nothing was accepted then, and the delivery may be sent again.
 */
export const takeWebhook = async (event: FunctionUrlEvent, tools: WebhookTools): Promise<WebhookReply> => {
  const delivery = inspect(event);
  if ('status' in delivery) return delivery;
  const { provider, proof } = delivery;
  const body = rawBody(event);
  const stranger = await authenticate(provider, proof, body, tools);
  if (stranger) return stranger;
  const name = identify(provider, event, body);
  if ('problem' in name) return refuse(400, name.problem);
  const payload = readPayload(body, mediaType(event));
  if (!payload) return refuse(400, `The body holds no JSON object as ${titles[provider]} sends it.`);
  const verdict = judge[provider](name.event, payload);
  if ('malformed' in verdict)
    return refuse(400, `This is no ${name.event} event of ${titles[provider]}: ${verdict.malformed}.`);
  const { timeEpoch: receivedAt = tools.clock() } = event.requestContext;
  return settle(provider, { ...name, receivedAt }, verdict, tools);
};

const settle = async (
  provider: Provider,
  { event, delivery, key, receivedAt }: DeliveryName & Pick<DeliveryItem, 'receivedAt'>,
  verdict: Exclude<WebhookVerdict, { malformed: string }>,
  tools: WebhookTools,
): Promise<WebhookReply> => {
  const created = 'created' in verdict ? verdict.created : undefined;
  const item: DeliveryItem = {
    key,
    provider,
    event,
    delivery,
    receivedAt,
    ...(created
      ? { repository: created.repository, tag: created.tag, commit: created.commit }
      : 'ignored' in verdict && {
          refused: verdict.ignored,
          ...(verdict.refused && { ...verdict.refused, ...listedRefusal(verdict.refused.command) }),
        }),
  };
  const result = await tools.deliveries.claim(item, tools.newId());
  if ('replayOf' in result) return replayed(result.replayOf);
  if ('busySeconds' in result)
    return refuse(409, 'This delivery is being worked on: send it again if it fails.', {
      'retry-after': String(result.busySeconds),
    });
  if (created) return enqueue(created, result.claimed, tools);
  const { refused = '' } = item;
  const status = 'greeting' in verdict ? 200 : 202;
  return { status, answer: { accepted: false, reason: refused, delivery } };
};

const replayed = ({ delivery, receivedAt, refused }: DeliveryItem): WebhookReply => {
  const since = new Date(receivedAt).toISOString();
  const became = refused === undefined ? 'its request was accepted' : `it was ignored: ${refused}`;
  return {
    status: 200,
    answer: { accepted: false, reason: `This delivery was taken already, at ${since}; ${became}`, delivery },
  };
};

const enqueue = async (
  tag: CreatedTag,
  claimed: DeliveryItem,
  tools: WebhookTools,
): Promise<WebhookReply> => {
  const { delivery, key, receivedAt } = claimed;
  try {
    await tools.enqueue(tagMessage(tag, key, receivedAt, tools.place));
  } catch (error) {
    await tools.deliveries.giveUp(claimed).catch(() => undefined);
    throw error;
  }
  // The request is on the queue. Without the mark a replay sends it once more, which the intake recognises.
  await tools.deliveries.done(claimed).catch((error: unknown) => {
    tools.log.warn('A delivery is accepted, but not marked so', { delivery, error: String(error) });
  });
  const { repository, tag: name, commit } = tag;
  return { status: 202, answer: { accepted: true, delivery, request: { repository, tag: name, commit } } };
};
