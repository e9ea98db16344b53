import { type Command, InvalidArgumentError, Option } from 'commander';
import { concurrencies } from '../../lib/application/concurrencies';
import { ansibleTagPattern } from '../../lib/application/provisioningDocument';
import { commitPattern } from '../../lib/application/version';
import { parseDuration } from '../terminal/duration';

export const formats = ['tree', 'json', 'plain'] as const;
export type Format = (typeof formats)[number];

/** The options of every command that works on AWS or on the embedded cloud. */
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

/** The first argument of most commands. */
export const applicationArgument = ['<application>', 'its name in forseti.yml'] as const;

/** Records and notifications hold reasons of up to this length. */
const maxReasonLength = 256;

/** A reason, which is never empty. Others read it as it is. */
export const reasonArgument = (text: string): string => {
  const reason = text.trim();
  if (reason === '') throw new InvalidArgumentError('Expected a reason in a few words.');
  if (reason.length > maxReasonLength)
    throw new InvalidArgumentError(`Expected at most ${String(maxReasonLength)} characters.`);
  return reason;
};

/** Adds the options of every command that starts an execution. */
export const waitOptions = (command: Command): Command =>
  command
    .addOption(new Option('--wait', 'follow to the end').default(true, 'yes'))
    .option('--no-wait', 'print the execution and leave');

/** Adds options that override what holds a deployment back; each takes a reason. */
export const despiteOptions = (command: Command): Command =>
  command
    .option('--despite-freeze <reason>', 'go on although deployments are frozen', reasonArgument)
    .option(
      '--despite-alarms <reason>',
      'go on although alarms that gate the release ring already',
      reasonArgument,
    );

/** What a request is to do while another deployment works on the fleet. */
export const concurrencyOption = (command: Command): Command =>
  command.addOption(
    new Option(
      '--concurrency <what>',
      'while another deployment runs: refuse, or wait for its end; asked on a terminal unless set',
    ).choices(concurrencies),
  );

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

/** `KEY=VALUE`, repeatable: a later value replaces an earlier one of the same key. */
export const extraVarArgument = (
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const [, key, value] = variable.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new InvalidArgumentError('Expected KEY=VALUE, the key being the name of an Ansible variable.');
  return { ...before, [key]: value };
};

/** `web,config`, repeatable: later ones are added. */
export const tagsArgument = (text: string, before: readonly string[] = []): string[] => {
  const tags = text.split(',').map((tag) => tag.trim());
  const wrong = tags.find((tag) => !ansibleTagPattern.test(tag));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `Expected tags of Ansible separated by commas, such as web,config; ${JSON.stringify(wrong)} is none.`,
    );
  return [...before, ...tags];
};

export const commitArgument = (text: string): string => {
  if (!commitPattern.test(text))
    throw new InvalidArgumentError('Expected a commit, such as 8f14e45fceea167a5a36dedd4bea2543cdb2c3f7.');
  return text;
};
