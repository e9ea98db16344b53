import type { ApplicationSettings } from '../application/schema';
import type { World } from '../aws/production';
import type { Table } from '../aws/table';
import type { Channels } from '../reporting/channels';
import { notify } from '../reporting/notify';
import type { Replaced } from './replaceInstance';
import { replacementSchema, type ReplacementEvent } from './replacement';
import type { NotifiedItem } from './watchInstances';

export interface CloseTools extends Pick<World, 'environment'> {
  readonly channels: Channels;
  readonly told: Pick<Table<NotifiedItem>, 'delete'>;
  readonly readSettings: (application: string) => Promise<{ readonly settings: ApplicationSettings }>;
}

export interface CloseEvent extends ReplacementEvent {
  /** Absent where nothing was touched. */
  readonly replaced?: Replaced;
  /** As Step Functions gives it to `Catch`. */
  readonly error?: { readonly Error: string; readonly Cause?: string };
}

/** How it ended: `Rejected`: nothing was touched; `Dirty`: the old one is gone, and the fleet is short of one. */
export interface ReplacementEnd {
  readonly outcome: 'Replaced' | 'Rejected' | 'Dirty';
  /** The name of what it failed with; `None` where it went well. */
  readonly error: string;
  readonly message: string;
}

/** What the machine is answered: the cause has the shape of a deployment's, for whoever reads executions. */
export interface ReplacementAnswer extends ReplacementEnd {
  readonly cause: string;
}

/** Lambda's cause is `{"errorType": ..., "errorMessage": ...}`; Step Functions' own is plain text. */
const messageOf = ({ Error: name, Cause: cause = '' }: NonNullable<CloseEvent['error']>): string => {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    if (typeof errorMessage === 'string') return errorMessage;
  } catch {
    // No JSON: told as it is.
  }
  return cause === '' ? name : cause;
};

/** Its notice; pure. */
export const endOfReplacement = (
  { replaced, error }: Pick<CloseEvent, 'replaced' | 'error'>,
  instance: string,
): ReplacementEnd => {
  if (error && replaced)
    return {
      outcome: 'Dirty',
      error: error.Error,
      message: `${instance} was taken out, and nothing serves in its place yet: ${messageOf(error)}`,
    };
  if (error)
    return {
      outcome: 'Rejected',
      error: error.Error,
      message: `${instance} was not replaced, nothing was touched: ${messageOf(error)}`,
    };
  return {
    outcome: 'Replaced',
    error: 'None',
    message:
      replaced?.done === 'gone'
        ? `${instance} had left the fleet already; the fleet serves without it.`
        : `${instance} was replaced; the fleet serves without it.`,
  };
};

const causeOf = ({ outcome, error, message }: ReplacementEnd, group: string): string => {
  const left = {
    kind: 'instance',
    target: group,
    note: message,
    mend: `aws autoscaling describe-scaling-activities --auto-scaling-group-name ${group}`,
  };
  return JSON.stringify({
    outcome,
    error,
    message,
    problems: outcome === 'Replaced' ? [] : [message],
    left: outcome === 'Dirty' ? [left] : [],
    foreign: [],
  });
};

/**
 * Notifies of the end of a replacement. One that could not be done within its hours is planned again: its finding counts as
 * not notified, so that the next check notifies of it with the next hours.
 */
export const closeReplacement = async (event: CloseEvent, tools: CloseTools): Promise<ReplacementAnswer> => {
  const request = replacementSchema.safeParse(event.input).data;
  const end = endOfReplacement(event, request?.instance ?? 'The instance');
  // Input that cannot be read names no application to notify.
  if (request === undefined) return { ...end, cause: causeOf(end, '') };
  const { application, instance, finding, requestedBy, reason } = request;
  const settings = await tools.readSettings(application).catch(() => undefined);
  await notify(tools.channels, tools.environment, {
    kind: 'replaced',
    application,
    ...(settings && { settings: settings.settings }),
    instance,
    outcome: end.outcome,
    by: requestedBy,
    ...(reason !== undefined && { reason }),
    message: end.message,
    page: end.outcome === 'Dirty',
  });
  if (finding !== undefined && end.outcome === 'Rejected') await tools.told.delete({ key: finding });
  return { ...end, cause: causeOf(end, settings?.settings.group ?? '') };
};
