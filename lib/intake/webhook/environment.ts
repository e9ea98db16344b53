/** What functions/intake/Webhook.yml sets for this function alone. */
export interface WebhookEnvironment {
  readonly requestsQueueUrl: string;
  /** Path in Parameter Store under which the webhooks' secrets lie. */
  readonly secretsPrefix: string;
}

/** @throws Error that names every variable that is missing. */
export const readWebhookEnvironment = (
  from: Readonly<Record<string, string | undefined>>,
): WebhookEnvironment => {
  const { REQUESTS_QUEUE_URL: requestsQueueUrl = '', WEBHOOK_SECRETS_PREFIX: secretsPrefix = '' } = from;
  const missing = [
    ...(requestsQueueUrl === '' ? ['REQUESTS_QUEUE_URL'] : []),
    ...(secretsPrefix === '' ? ['WEBHOOK_SECRETS_PREFIX'] : []),
  ];
  if (missing.length > 0)
    throw new Error(`The environment lacks ${missing.join(', ')}: deploy the stack from serverless.yml.`);
  return { requestsQueueUrl, secretsPrefix };
};
