/** Why a stack's deployment failed, in CloudFormation's own words, with the next step. */

/** The part of a stack's event that says what happened to a resource. */
export interface EventFact {
  readonly id: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** CloudFormation's words of resources that ended only because another one failed. */
const cancelled = /^Resource (creation|update) cancelled/i;

/** The resources that failed by themselves, in the order in which they did; each once. */
export const failuresOf = (events: readonly EventFact[]): readonly EventFact[] => {
  const seen = new Set<string>();
  return events.filter(({ logicalId, type, status, reason = '' }) => {
    const isOne =
      status.endsWith('_FAILED') && type !== 'AWS::CloudFormation::Stack' && !cancelled.test(reason);
    if (!isOne || seen.has(logicalId)) return false;
    seen.add(logicalId);
    return true;
  });
};

interface Step {
  readonly when: RegExp;
  readonly next: (failure: EventFact) => string;
}

const steps: readonly Step[] = [
  {
    when: /UnreservedConcurrentExecution/,
    next: () =>
      'The account has less concurrency to reserve than a moment ago. Run it again: it reserves what the account can spare.',
  },
  {
    // A function that ran while its stack was removed has made its log group again.
    when: /\/aws\/lambda\/[\w-]+.*already exists/i,
    next: ({ reason = '' }) =>
      `Delete it, and run it again: aws logs delete-log-group --log-group-name ${/\/aws\/lambda\/[\w-]+/.exec(reason)?.[0] ?? ''}`,
  },
  {
    when: /already exists/i,
    next: ({ type }) =>
      `Something of that name (${type}) is in the account and in no stack. Look at it, remove or rename it, and run it again.`,
  },
  {
    when: /not authorized|AccessDenied|UnauthorizedOperation/i,
    next: () => 'Give whoever installs that permission, and run it again: it goes on from here.',
  },
  {
    when: /Rate exceeded|Throttl/i,
    next: () => 'AWS was asked too often. Run it again: it goes on from here.',
  },
  {
    when: /limit|quota/i,
    next: () => 'Ask AWS for more (Service Quotas), or make room, and run it again: it goes on from here.',
  },
];

/** What to do about a failed resource. */
export const nextStepOf = (failure: EventFact): string =>
  steps.find(({ when }) => when.test(failure.reason ?? ''))?.next(failure) ??
  'Put that right, and run it again: it goes on from here.';

/** The deployment of a stack ended in another way than asked for. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed';
}

/** @param status in which the stack is now */
export const stackFailed = (
  stackName: string,
  region: string,
  status: string,
  events: readonly EventFact[],
): StackFailed => {
  const failures = failuresOf(events).map(
    (one) => `  ${one.logicalId} (${one.type}): ${one.reason ?? one.status}\n    ${nextStepOf(one)}`,
  );
  const rest =
    failures.length > 0
      ? failures.join('\n')
      : `  CloudFormation gives no reason. See its events: aws cloudformation describe-stack-events --stack-name ${stackName} --region ${region}`;
  return new StackFailed(`The stack ${stackName} in ${region} ended in ${status}:\n${rest}`);
};
