/** What Lambda sets aside for the function that takes alarms, by the account's quota. */
export interface AccountConcurrency {
  /** How many invocations the account may run at once. */
  readonly limit: number;
  /** Of these, what no function has reserved. */
  readonly unreserved: number;
}

/** As many alarms are taken at once (functions/intake/TakeAlarm.yml, `maximumConcurrency`). */
export const wantedConcurrency = 5;

/**
 * Lambda keeps 100 for functions without a reservation, and all of it in an account that has no more:
 * docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export const leastUnreserved = 100;

/**
 * The value of the template's parameter `AlarmConcurrency`: all that is wanted, or nothing.
 * @param own what the stack reserves already
 */
export const alarmConcurrencyFor = ({ unreserved }: AccountConcurrency, own = 0): number =>
  unreserved + own - wantedConcurrency >= leastUnreserved ? wantedConcurrency : 0;

/** What is lost without a reservation, and what brings it. */
export const withoutReservation = (account: AccountConcurrency, deploy: string): string =>
  'Nothing is reserved for alarms: while other functions use up the account, a rollback waits for them, and is tried again for four hours. ' +
  (alarmConcurrencyFor(account) > 0
    ? `This account could reserve ${String(wantedConcurrency)}: ${deploy}`
    : `This account may run ${String(account.limit)} at once, and ${String(Math.min(account.limit, leastUnreserved))} have to stay unreserved; ask for more: ` +
      'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000');
