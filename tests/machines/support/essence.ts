import type { BusEvent, Faults } from '@forseti/embedded-cloud';
import { changesOfFleet } from './calls';
import { fleetSnapshot, looseEnds, serving } from './snapshot';
import type { Ended, TestStack } from './testStack';

/** The result of a deployment without its times. Two runs with the same essence did the same. */
export const essence = async (stack: TestStack, { outcome, path }: Ended) => ({
  outcome,
  path,
  fleet: fleetSnapshot(stack),
  desired: stack.group().desired,
  serving: serving(stack)
    .map(({ tag, software }) => `${tag ?? '-'}/${software ?? '-'}`)
    .sort(),
  changes: withoutRepeatedTagging(changesOfFleet(stack)).sort(),
  looseEnds: await looseEnds(stack),
});

/** Instances are tagged as a look finds that the command has begun there: fewer looks, fewer and larger calls. */
const withoutRepeatedTagging = (changes: readonly string[]): string[] =>
  changes.filter((change, index) => change !== 'ec2:CreateTags' || changes.indexOf(change) === index);

/** The kinds of AWS events that wake a step, by the resource that they are about. */
export const wakers = {
  image: ({ source, detailType }: BusEvent) => source === 'aws.ec2' && detailType === 'EC2 AMI State Change',
  command: ({ source }: BusEvent) => source === 'aws.ssm',
  refresh: ({ source }: BusEvent) => source === 'aws.autoscaling',
} as const;

export const isWaker = (event: BusEvent): boolean => Object.values(wakers).some((is) => is(event));

/** Whether a message of the waiting queue is a poll message; the others are events. */
export const isPoll = (queueName: string, body: string): boolean =>
  queueName.endsWith('-waiting') && 'look' in (JSON.parse(body) as object);

/** Loses the poll messages that steps send. Those of the sweep, which makes up for lost ones, arrive. */
export const withoutLooks = (): Pick<Faults, 'call' | 'message'> => {
  let sender = '';
  return {
    call: ({ caller, action }) => {
      if (action === 'SendMessage') sender = caller.name;
      return undefined;
    },
    message: (_region, queueName, body) =>
      isPoll(queueName, body) && !sender.endsWith('-Sweep') ? [] : undefined,
  };
};
