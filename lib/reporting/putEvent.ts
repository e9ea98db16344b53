import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Environment } from '../aws/environment';
import { isTransient, messageOf, nameOf } from '../aws/failure';
import { TransientError } from '../engine/errors';
import { eventSource, type NoticeEvent } from './eventOf';
import { makeLogger } from '../aws/log';

/** Errors of an entry after which another try may succeed (API, PutEventsResultEntry). */
const passing = ['ThrottlingException', 'InternalFailure', 'InternalException'];

/**
 * Puts an event on the default bus. What is refused for good (no permission, a policy of the organisation) is logged and
 * no more: listeners must not keep a deployment from ending. A listener may see an event twice, as with every event.
 * @throws TransientError, or the SDK's error, for passing trouble: the step is tried again.
 */
export const putEvent = async (
  eventBridge: EventBridgeClient,
  environment: Environment,
  { detailType, detail, resources }: NoticeEvent,
): Promise<void> => {
  const refused = (error: string, message: string): void =>
    makeLogger(environment).error(`Event "${detailType}" could not be put on the bus`, { error, message });
  try {
    const { FailedEntryCount = 0, Entries = [] } = await eventBridge.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: eventSource,
            DetailType: detailType,
            Detail: JSON.stringify(detail),
            Resources: [...resources],
          },
        ],
      }),
    );
    // The call succeeds although its entry did not.
    if (FailedEntryCount === 0) return;
    const { ErrorCode = 'unknown', ErrorMessage = '' } = Entries[0] ?? {};
    if (passing.includes(ErrorCode)) throw new TransientError(`PutEvents: ${ErrorCode}: ${ErrorMessage}`);
    refused(ErrorCode, ErrorMessage);
  } catch (error) {
    if (isTransient(error)) throw error;
    refused(nameOf(error), messageOf(error));
  }
};
