import type { InstanceStatus } from '@aws-sdk/client-ec2';

/** Something that will happen to an instance, or that is wrong with it. */
export interface Finding {
  readonly instance: string;
  /** The same for the same finding, so that it is notified once: EC2's id of the event, or the check's name. */
  readonly id: string;
  readonly what: string;
  /** Epoch ms: not before then; absent for what is so already. */
  readonly notBefore?: number;
}

/**
 * EC2 keeps events that are over for a week, and marks them so (EC2 user guide, "Scheduled events for your instances").
 */
const isOver = (description: string): boolean => /^\[(Completed|Canceled)\]/.test(description);

/** What is wrong with an instance by DescribeInstanceStatus; pure. */
export const findingsOf = ({
  InstanceId: instance = '',
  Events: events = [],
  InstanceStatus: own,
  SystemStatus: system,
}: InstanceStatus): Finding[] => [
  ...events
    .filter(({ Description: description = '' }) => !isOver(description))
    .map(({ InstanceEventId: id, Code: code = 'event', Description: description = '', NotBefore: from }) => ({
      instance,
      id: id ?? `${code}-${String(from?.getTime() ?? 0)}`,
      what: `EC2 has scheduled ${code}${description === '' ? '' : ` (${description})`}`,
      ...(from !== undefined && { notBefore: from.getTime() }),
    })),
  ...[
    ['instance-check', 'its instance status check fails', own?.Status],
    ['system-check', "the status check of AWS's system under it fails", system?.Status],
  ].flatMap(([id = '', what = '', status]) => (status === 'impaired' ? [{ instance, id, what }] : [])),
];
