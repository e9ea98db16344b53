import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../session/context';
import {
  applicationArgument,
  durationArgument,
  type PlaceOptions,
  reasonArgument,
  withPlace,
} from '../session/options';
import {
  commonInput,
  shortenOption,
  showsSwitches,
  switchOff,
  switchOn,
  type SwitchOnOptions,
} from './switching';

interface AccessOptions extends PlaceOptions {
  readonly port: number;
  readonly cidr: string;
  readonly group?: string;
}

type OpenOptions = AccessOptions & SwitchOnOptions;

const portArgument = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new InvalidArgumentError('Expected a port from 1 to 65535.');
  return port;
};

const whichOptions = (command: Command): Command =>
  withPlace(
    command
      .argument(...applicationArgument)
      .requiredOption('--port <number>', 'TCP port', portArgument)
      .requiredOption('--cidr <block>', 'addresses, such as 203.0.113.7/32')
      .option('--group <id>', 'security group, where the fleet has several'),
  );

const which = (application: string, { port, cidr, group }: AccessOptions) => ({
  application,
  port,
  cidr,
  ...(group !== undefined && { securityGroup: group }),
});

const open = (application: string, options: OpenOptions, context: Context): Promise<void> => {
  const input = { ...which(application, options), ...commonInput(options) };
  return switchOn('OpenAccess', input, options, context);
};

const close = (application: string, options: AccessOptions, context: Context): Promise<void> =>
  switchOff('CloseAccess', which(application, options), options, context);

export const addAccess = (program: Command, context: Context): void => {
  const access = program.command('access').description("open a port of a fleet's instances for a while");
  whichOptions(access.command('open'))
    .description('open a port to a block of addresses; it closes by itself')
    .addOption(
      new Option('--for <duration>', 'how long, at most a week')
        .argParser(durationArgument)
        .default(30 * 60_000, '30m'),
    )
    .option('--reason <text>', 'why; it stands in the record', reasonArgument)
    .option(...shortenOption)
    .option('--force', 'although the block is very large, even 0.0.0.0/0')
    .addHelpText(
      'after',
      '\nExample:\n  forseti access open api --port 22 --cidr 203.0.113.7/32 --for 30m --reason "looks at a log"',
    )
    .action((application: string, options: OpenOptions) => open(application, options, context));
  whichOptions(access.command('close'))
    .description('close now what was opened; what Forseti did not open stays')
    .addHelpText('after', '\nExample:\n  forseti access close api --port 22 --cidr 203.0.113.7/32')
    .action((application: string, options: AccessOptions) => close(application, options, context));
  showsSwitches(access.command('list'), 'access', context)
    .description('who opened what until when')
    .addHelpText('after', '\nExample:\n  forseti access list api');
};
