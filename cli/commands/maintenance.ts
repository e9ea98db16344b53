import type { Command } from 'commander';
import { UsageError } from '../terminal/errors';
import type { Context } from '../session/context';
import {
  applicationArgument,
  durationArgument,
  type PlaceOptions,
  reasonArgument,
  withPlace,
} from '../session/options';
import { readText } from '../terminal/readText';
import {
  commonInput,
  shortenOption,
  showsSwitches,
  switchOff,
  switchOn,
  type SwitchOnOptions,
} from './switching';

interface OnOptions extends SwitchOnOptions {
  readonly page?: string;
  readonly fixedResponse?: boolean;
}

/** @throws UsageError where it cannot be read, or holds nothing. */
export const readPage = (file: string): string => {
  const page = readText(file);
  if (page.trim() === '') throw new UsageError(`${file} is empty; expected a page in HTML.`);
  return page;
};

const turnOn = async (application: string, options: OnOptions, context: Context): Promise<void> => {
  const { page, fixedResponse } = options;
  const input = {
    application,
    ...(page !== undefined && { page: readPage(page) }),
    ...(fixedResponse !== undefined && { fixedResponse }),
    ...commonInput(options),
  };
  await switchOn('StartMaintenance', input, options, context);
};

const turnOff = (application: string, options: PlaceOptions, context: Context): Promise<void> =>
  switchOff('EndMaintenance', { application }, options, context);

export const addMaintenance = (program: Command, context: Context): void => {
  const maintenance = program
    .command('maintenance')
    .description('show users a maintenance page instead of an application');
  withPlace(maintenance.command('on').argument(...applicationArgument))
    .description('answer every request with 503, Retry-After and a page; the fleet goes on')
    .option('--page <file>', 'the page, in HTML; a short one of its own unless set')
    .option('--for <duration>', 'such as 30m; until it is turned off unless set', durationArgument)
    .option(...shortenOption)
    .option(
      '--fixed-response',
      'let the load balancer answer: at most 1024 bytes and without Retry-After, but for any number of users',
    )
    .option('--reason <text>', 'why; it stands in the record', reasonArgument)
    .addHelpText(
      'after',
      '\nExamples:\n  forseti maintenance on api --for 30m\n  forseti maintenance on api --page maintenance.html --reason "the database moves"',
    )
    .action((application: string, options: OnOptions) => turnOn(application, options, context));
  withPlace(maintenance.command('off').argument(...applicationArgument))
    .description('show the application again')
    .addHelpText('after', '\nExample:\n  forseti maintenance off api')
    .action((application: string, options: PlaceOptions) => turnOff(application, options, context));
  showsSwitches(maintenance.command('status'), 'maintenance', context)
    .description('whether the page is on, who turned it on, and until when')
    .addHelpText('after', '\nExample:\n  forseti maintenance status api');
};
