/** What functions/intake/Webhook.yml sets for this function alone. */
export interface WebhookEnvironment {
  /** Path in Parameter Store under which the webhooks' secrets lie. */
  readonly secretsPrefix: string;
}

/** @throws Error where it is missing. */
export const readWebhookEnvironment = (
  from: Readonly<Record<string, string | undefined>>,
): WebhookEnvironment => {
  const { WEBHOOK_SECRETS_PREFIX: secretsPrefix = '' } = from;
  if (secretsPrefix === '')
    throw new Error('The environment lacks WEBHOOK_SECRETS_PREFIX: deploy the stack from serverless.yml.');
  return { secretsPrefix };
};
