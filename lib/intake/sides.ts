import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { matchTag } from '../application/matchTag';
import type { InvalidSettings } from '../application/problems';
import type { Settings } from '../application/schema';
import { readAllSettings } from '../application/store';
import { isTransient, nameOf } from '../aws/failure';
import { Table } from '../aws/table';
import { TransientError } from '../engine/errors';
import { inRegion, type Regions } from '../failover/regions';
import type { IntakeTools, RequestItem, Taken } from './intake';
import { takeTag } from './intake';
import type { PushedTag } from './tagEvent';

/** A region's fleets: those whose settings lie there. What they need is done there, whichever region's intake runs. */
export interface Side<Item extends object = RequestItem> {
  readonly region: string;
  readonly tools: IntakeTools<Item>;
  readonly read: () => ReturnType<typeof readAllSettings>;
}

export interface SideParts {
  readonly ssm: (region: string) => SSMClient;
  readonly dynamodb: (region: string) => DynamoDBClient;
  readonly sfn: (region: string) => SFNClient;
  readonly requestsTable: string;
  readonly machineArn: string;
  readonly settingsPrefix: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export const sidesOf = <Item extends object = RequestItem>(
  { here, other }: Regions,
  parts: SideParts,
): readonly [Side<Item>, ...Side<Item>[]] => {
  const side = (region: string): Side<Item> => {
    const ssm = parts.ssm(region);
    return {
      region,
      read: () => readAllSettings(ssm, parts.settingsPrefix),
      tools: {
        requests: new Table<Item>(parts.dynamodb(region), parts.requestsTable),
        sfn: parts.sfn(region),
        machineArn: inRegion(parts.machineArn, here, region),
        clock: parts.clock,
      },
    };
  };
  return other === undefined ? [side(here)] : [side(here), side(other)];
};

/** The same, with settings that are read once, however many messages ask for them: also where that fails, or takes long. */
export const readingOnce = <Item extends object>(
  sides: readonly [Side<Item>, ...Side<Item>[]],
): readonly [Side<Item>, ...Side<Item>[]] => {
  const [own, ...others] = sides;
  const once = (side: Side<Item>): Side<Item> => {
    let reading: ReturnType<Side['read']> | undefined;
    return { ...side, read: () => (reading ??= side.read()) };
  };
  return [once(own), ...others.map(once)];
};

interface Read {
  readonly side: Side;
  readonly settings: Settings;
  readonly invalid: readonly InvalidSettings[];
}

/** What became of a tag in all regions. */
export interface TakenSomewhere {
  readonly taken: Taken;
  readonly invalid: readonly InvalidSettings[];
  /** Regions that could not be asked, or did not take it: fleets of theirs may be meant, so it has to come again. */
  readonly open: readonly string[];
  /** How those were found: the names of their errors. */
  readonly told: readonly string[];
}

/**
 * A region that has trouble is asked again, for as long as it takes. Anything else, such as a permission that is missing, would fail
 * for ever: it counts as a try, and ends in the dead-letter queue.
 */
const down = (error: unknown, { region }: Side, told: string[]): undefined => {
  if (!isTransient(error) && !(error instanceof TransientError)) throw error;
  told.push(`${region}: ${nameOf(error)}`);
  return undefined;
};

/**
 * Takes a tag for the fleets of all regions. A region that is down keeps the others' fleets from nothing; what was done
 * is not done again when the tag comes again.
 * @throws whatever this region's own part throws
 */
export const takeInRegions = async (
  tag: PushedTag,
  sides: readonly [Side, ...Side[]],
  within: <Answer>(work: Promise<Answer>) => Promise<Answer>,
): Promise<TakenSomewhere> => {
  const [own] = sides;
  const told: string[] = [];
  const read = await Promise.all(
    sides.map(async (side): Promise<Read | undefined> => {
      if (side === own) return { side, ...(await side.read()) };
      return within(side.read()).then(
        (found) => ({ side, ...found }),
        (error: unknown) => down(error, side, told),
      );
    }),
  );
  const known = read.filter((one) => one !== undefined);
  const concerned = known.filter(({ settings }) => matchTag(tag, settings).length > 0);
  const open = new Set(sides.filter((_, index) => read[index] === undefined).map(({ region }) => region));
  const results: Taken[] = [];
  for (const { side, settings } of concerned)
    if (side === own) results.push(await takeTag(tag, settings, side.tools));
    else
      await within(takeTag(tag, settings, side.tools)).then(
        (taken) => results.push(taken),
        (error: unknown) => {
          down(error, side, told);
          open.add(side.region);
        },
      );
  const invalid = known.flatMap((one) => one.invalid);
  // Not for anybody that we know: written down here, unless somebody has still to be asked.
  if (concerned.length === 0 && open.size === 0) results.push(await refuse(tag, own, known));
  return { taken: together(results), invalid, open: [...open], told };
};

const refuse = (tag: PushedTag, own: Side, known: readonly Read[]): Promise<Taken> => {
  const applications = Object.assign(
    {},
    ...known.map(({ settings }) => settings.applications),
  ) as Settings['applications'];
  return takeTag(tag, { applications }, own.tools);
};

const together = (results: readonly Taken[]): Taken => {
  const started = results.flatMap((one) => ('started' in one ? one.started : []));
  const [refused] = results.flatMap((one) => ('refused' in one ? [one] : []));
  return started.length > 0 || refused === undefined ? { started } : refused;
};
