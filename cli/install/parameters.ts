/** The values of the template's parameters. */
import type { CloudFormationTemplate, Json } from '@forseti/embedded-cloud';
import { alarmConcurrencyFor } from '../../lib/health/alarmConcurrency';
import type { ConcurrencyFact, StackFact, Wishes } from './facts';

/**
 * The standby's region, or none: what is asked for, else what the stack has. A stack that takes another region for home was
 * set up wrongly, or is a standby itself: its standby is not one that this region has asked for.
 * @param region of the stack
 */
export const standbyOf = (
  { standby }: Pick<Wishes, 'standby'>,
  stack: StackFact | undefined,
  region: string,
): string | undefined => {
  if (standby !== undefined) return standby === false ? undefined : standby;
  const { StandbyRegion: present = '', HomeRegion: home } = stack?.parameters ?? {};
  return present === '' || home !== region ? undefined : present;
};

interface Place {
  readonly home: string;
  readonly standby: string | undefined;
  readonly stack: StackFact | undefined;
  readonly concurrency: ConcurrencyFact | undefined;
}

/** CloudFormation takes texts; the defaults of numbers are written as numbers. */
export const parameterText = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/**
 * All parameters of the template with their values: what is asked for, else what the stack has, else the template's
 * default. A change set would give parameters that it leaves out their defaults.
 */
export const stackParameters = (
  { Parameters: declared = {} }: Pick<CloudFormationTemplate, 'Parameters'>,
  wishes: Wishes,
  { home, standby = '', stack, concurrency }: Place,
): Readonly<Record<string, string>> => {
  const asked: Readonly<Record<string, string | undefined>> = {
    HomeRegion: home,
    StandbyRegion: standby,
    InstanceRoles: wishes.instanceRoles,
    ImageKeys: wishes.imageKeys?.join(','),
    AlarmConcurrency:
      concurrency === undefined
        ? undefined
        : String(alarmConcurrencyFor(concurrency, concurrency.ofTakeAlarm)),
  };
  return Object.fromEntries(
    Object.entries(declared).map(([name, { Default: otherwise }]) => [
      name,
      asked[name] ?? stack?.parameters[name] ?? parameterText(otherwise),
    ]),
  );
};
