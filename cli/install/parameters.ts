/** The values of the template's parameters. */
import type { CloudFormationTemplate, Json } from '@forseti/embedded-cloud';
import type { ConcurrencyFact, StackFact, Wishes } from './facts';

/** What the function that takes alarms reserves of an account's concurrency, where there is enough. */
export const wantedForAlarms = 5;

/**
 * Lambda keeps 100 of an account's concurrency unreserved
 * (docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html), and all of it where the account has less: new
 * accounts start with 10.
 */
export const minUnreserved = (limit: number): number => Math.min(100, limit);

/**
 * How much concurrency TakeAlarm reserves: nothing where the account could not spare it, since the deployment of the
 * stack would fail.
 */
export const alarmConcurrency = ({ limit, unreserved, ofTakeAlarm }: ConcurrencyFact): number =>
  unreserved + ofTakeAlarm - minUnreserved(limit) >= wantedForAlarms ? wantedForAlarms : 0;

/** The standby's region, or none: what is asked for, else what the stack has. */
export const standbyOf = (
  { standby }: Pick<Wishes, 'standby'>,
  stack: StackFact | undefined,
): string | undefined => {
  if (standby !== undefined) return standby === false ? undefined : standby;
  const { StandbyRegion: present = '', HomeRegion: home } = stack?.parameters ?? {};
  return present === '' || present === home ? undefined : present;
};

interface Place {
  readonly home: string;
  readonly standby: string | undefined;
  readonly stack: StackFact | undefined;
  readonly concurrency: ConcurrencyFact | undefined;
}

/** CloudFormation takes texts; the defaults of numbers are written as numbers. */
const textOf = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/**
 * All parameters of the template with their values: what is asked for, else what the stack has, else the template's
 * default. A change set would give parameters that it leaves out their defaults.
 */
export const parametersFor = (
  { Parameters: declared = {} }: Pick<CloudFormationTemplate, 'Parameters'>,
  wishes: Wishes,
  { home, standby = '', stack, concurrency }: Place,
): Readonly<Record<string, string>> => {
  const asked: Readonly<Record<string, string | undefined>> = {
    HomeRegion: home,
    StandbyRegion: standby,
    InstanceRoles: wishes.instanceRoles,
    ImageKeys: wishes.imageKeys?.join(','),
    AlarmConcurrency: concurrency === undefined ? undefined : String(alarmConcurrency(concurrency)),
  };
  return Object.fromEntries(
    Object.entries(declared).map(([name, { Default: otherwise }]) => [
      name,
      asked[name] ?? stack?.parameters[name] ?? textOf(otherwise),
    ]),
  );
};
