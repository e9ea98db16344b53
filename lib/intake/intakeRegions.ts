import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { matchTag } from '../application/matchTag';
import type { InvalidSettings } from '../application/problems';
import type { Settings } from '../application/schema';
import { type SettingsCheck, readAllSettings } from '../application/store';
import { isTransient, nameOf } from '../aws/failure';
import { Table } from '../aws/table';
import { inRegion, type Regions } from '../failover/regions';
import type { IntakeTools, RequestItem, Taken } from './intake';
import { takeTag } from './intake';
import type { PushedTag } from './tagEvent';

/**
 * A region, as the intake reaches it. A fleet's settings lie in its own region; its requests are written and its machines
 * started there, whichever region's intake took the message.
 */
export interface IntakeRegion<Item extends object = RequestItem> {
  readonly region: string;
  readonly tools: IntakeTools<Item>;
  readonly read: () => ReturnType<typeof readAllSettings>;
}

export interface IntakeRegionParts {
  readonly ssm: (region: string) => SSMClient;
  readonly dynamodb: (region: string) => DynamoDBClient;
  readonly sfn: (region: string) => SFNClient;
  readonly requestsTable: string;
  readonly machineArn: string;
  readonly settingsPrefix: string;
  /** See {@link readAllSettings}. */
  readonly check?: SettingsCheck;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export const intakeRegions = <Item extends object = RequestItem>(
  { here, other }: Regions,
  parts: IntakeRegionParts,
): readonly [IntakeRegion<Item>, ...IntakeRegion<Item>[]] => {
  const connected = (region: string): IntakeRegion<Item> => {
    const ssm = parts.ssm(region);
    return {
      region,
      read: () => readAllSettings(ssm, parts.settingsPrefix, parts.check),
      tools: {
        requests: new Table<Item>(parts.dynamodb(region), parts.requestsTable),
        sfn: parts.sfn(region),
        machineArn: inRegion(parts.machineArn, here, region),
        clock: parts.clock,
      },
    };
  };
  return other === undefined ? [connected(here)] : [connected(here), connected(other)];
};

/** The same regions, whose settings are read once for all messages of a batch, also where reading fails or takes long. */
export const readingOnce = <Item extends object>([own, ...others]: readonly [
  IntakeRegion<Item>,
  ...IntakeRegion<Item>[],
]): readonly [IntakeRegion<Item>, ...IntakeRegion<Item>[]] => {
  const once = (region: IntakeRegion<Item>): IntakeRegion<Item> => {
    let reading: ReturnType<IntakeRegion['read']> | undefined;
    return { ...region, read: () => (reading ??= region.read()) };
  };
  return [once(own), ...others.map(once)];
};

interface RegionSettings {
  readonly place: IntakeRegion;
  readonly settings: Settings;
  readonly invalid: readonly InvalidSettings[];
}

/** What became of a tag in all regions. */
export interface TakenInRegions {
  readonly taken: Taken;
  readonly invalid: readonly InvalidSettings[];
  /** Regions that did not answer. The tag may be for one of their fleets, so it is sent again. */
  readonly open: readonly string[];
  /** The errors of those: `eu-west-1: TimeoutError`. */
  readonly errors: readonly string[];
}

/**
 * Notes a transient error of a region, which is asked again for as long as it takes. Any other error, such as a missing
 * permission, would come for ever: it is thrown, counts as a receive, and ends in the dead-letter queue.
 */
const noteDown = (error: unknown, { region }: IntakeRegion, errors: string[]): undefined => {
  if (!isTransient(error)) throw error;
  errors.push(`${region}: ${nameOf(error)}`);
  return undefined;
};

/**
 * Takes a tag for the fleets of all regions. A region that is down does not hold up the fleets of the other; what was done is not done
 * again when the tag comes again.
 * @param regions this one first
 * @param within gives up work of another region after a while
 * @throws whatever this region's own part throws
 */
export const takeInRegions = async (
  tag: PushedTag,
  regions: readonly [IntakeRegion, ...IntakeRegion[]],
  within: <Answer>(work: Promise<Answer>) => Promise<Answer>,
): Promise<TakenInRegions> => {
  const [own] = regions;
  const errors: string[] = [];
  const read = await Promise.all(
    regions.map(async (place): Promise<RegionSettings | undefined> => {
      if (place === own) return { place, ...(await place.read()) };
      return within(place.read()).then(
        (found) => ({ place, ...found }),
        (error: unknown) => noteDown(error, place, errors),
      );
    }),
  );
  const known = read.filter((one) => one !== undefined);
  const concerned = known.filter(({ settings }) => matchTag(tag, settings).length > 0);
  const open = new Set(regions.filter((_, index) => read[index] === undefined).map(({ region }) => region));
  const results: Taken[] = [];
  for (const { place, settings } of concerned)
    if (place === own) results.push(await takeTag(tag, settings, place.tools));
    else
      await within(takeTag(tag, settings, place.tools)).then(
        (taken) => results.push(taken),
        (error: unknown) => {
          noteDown(error, place, errors);
          open.add(place.region);
        },
      );
  const invalid = known.flatMap((one) => one.invalid);
  // It matches no application. The refusal is written in this region, once all regions have answered.
  if (concerned.length === 0 && open.size === 0) results.push(await refuse(tag, own, known));
  return { taken: together(results), invalid, open: [...open], errors };
};

const refuse = (tag: PushedTag, own: IntakeRegion, known: readonly RegionSettings[]): Promise<Taken> => {
  const applications = Object.assign(
    {},
    ...known.map(({ settings }) => settings.applications),
  ) as Settings['applications'];
  return takeTag(tag, { applications }, own.tools);
};

const together = (results: readonly Taken[]): Taken => {
  const started = results.flatMap((one) => ('started' in one ? one.started : []));
  const later = results.reduce((sum, one) => sum + ('started' in one ? (one.later ?? 0) : 0), 0);
  const [refused] = results.flatMap((one) => ('refused' in one ? [one] : []));
  return started.length > 0 || later > 0 || refused === undefined
    ? { started, ...(later > 0 && { later }) }
    : refused;
};
