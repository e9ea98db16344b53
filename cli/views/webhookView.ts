import type { Provider } from '../../lib/intake/webhook/provider';

/** One field of the provider's settings page, by its own name. */
interface WebhookField {
  readonly field: string;
  readonly value: string;
}

/**
 * What to set at the provider, and what it does not send (docs.github.com, "Creating webhooks" and "Webhook events and
 * payloads", `push`; docs.gitlab.com, "Webhooks" and "Webhook events").
 */
export const webhookFields = (
  provider: Provider,
  url: string,
): { readonly where: string; readonly fields: readonly WebhookField[]; readonly limit: string } =>
  provider === 'github'
    ? {
        where: 'GitHub, Settings of the repository or organisation, Webhooks, Add webhook',
        fields: [
          { field: 'Payload URL', value: url },
          { field: 'Content type', value: 'application/json' },
          { field: 'Secret', value: 'what "forseti webhook secret github" has shown' },
          { field: 'SSL verification', value: 'Enable SSL verification' },
          { field: 'Which events', value: 'Just the push event' },
          { field: 'Active', value: 'yes' },
        ],
        limit:
          'GitHub sends nothing when more than three tags are pushed at once: push the tag that is meant by itself.',
      }
    : {
        where: 'GitLab, Settings of the project or group, Webhooks, Add new webhook',
        fields: [
          { field: 'URL', value: url },
          { field: 'Secret token', value: 'what "forseti webhook secret gitlab" has shown' },
          { field: 'Trigger', value: 'Tag push events, and no other' },
          { field: 'SSL verification', value: 'Enable SSL verification' },
        ],
        limit:
          'GitLab sends nothing when more tags are pushed at once than its push_event_hooks_limit, which is 3: push the tag that is meant by itself.',
      };
