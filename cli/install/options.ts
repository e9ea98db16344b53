import { InvalidArgumentError, type Command } from 'commander';
import type { PlaceOptions } from '../session/options';

/** The options of `install` and `upgrade` that say what the stack is to be. */
export interface StackOptions extends PlaceOptions {
  /** `false` of `--no-standby`. */
  readonly standby?: string | false;
  readonly instanceRoles?: string;
  readonly imageKeys?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** An answer is taken as an option is. */
type Check<Value> = (text: string) => Value;

export const regionArgument: Check<string> = (text) => {
  if (!/^[a-z]{2,3}(-[a-z]+)+-\d$/.test(text))
    throw new InvalidArgumentError('Expected the name of a region, such as eu-central-1.');
  return text;
};

/** IAM takes these characters in names and paths of roles; `*` makes a pattern. */
export const rolesArgument: Check<string> = (text) => {
  if (!/^[\w+=,.@/*-]{1,512}$/.test(text))
    throw new InvalidArgumentError('Expected the name of a role, or a pattern such as web-*.');
  return text;
};

export const keysArgument: Check<readonly string[]> = (text) => {
  const keys = text === '' ? [] : text.split(',').map((one) => one.trim());
  const wrong = keys.find((one) => !/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/.test(one));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `Expected ARNs of KMS keys, apart by commas, such as arn:aws:kms:eu-west-1:123456789012:key/…; ${JSON.stringify(wrong)} is none.`,
    );
  return keys;
};

export const withStackOptions = (command: Command): Command =>
  command
    .option('--standby <region>', 'a second region that takes over when the first fails', regionArgument)
    .option('--no-standby', 'leave the standby that there is')
    .option(
      '--instance-roles <pattern>',
      'roles that Forseti may pass to instances: a name, or a pattern such as web-*',
      rolesArgument,
    )
    .option(
      '--image-keys <arns>',
      'KMS keys that encrypt volumes and images of the fleets, apart by commas',
      keysArgument,
    )
    .option('--dry-run', 'look, tell, and change nothing')
    .option('--yes', 'do not ask before anything is done');
