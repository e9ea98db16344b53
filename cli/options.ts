import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from './duration';

export const formats = ['tree', 'json', 'plain'] as const;
export type Format = (typeof formats)[number];

/** Options of every command that works in an account or on the embedded cloud. */
export interface PlaceOptions {
  readonly local?: boolean;
  readonly region?: string;
  readonly stage?: string;
  readonly format: Format;
}

export const withPlace = (command: Command): Command =>
  command
    .option('--local', 'work on the embedded cloud, without an AWS account')
    .option('--region <region>', "AWS region; the environment's or profile's own unless set")
    .option('--stage <stage>', 'stage of the stack (default: production)')
    .addOption(new Option('--format <format>', 'how to show the result').choices(formats).default('tree'));

export const durationArgument = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Expected a duration such as 90s, 10m or 1h30m.');
  return ms;
};

export const seedArgument = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at most 9 digits.');
  return Number(text);
};

const variable = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/** `KEY=VALUE`, repeatable; a later one replaces an earlier one of that key. */
export const extraVarArgument = (
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const [, key, value] = variable.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('Expected KEY=VALUE, the key being the name of an Ansible variable.');
  return { ...before, [key]: value };
};
