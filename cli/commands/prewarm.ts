import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../terminal/errors';
import { parseInstant } from '../terminal/instant';
import type { Context } from '../session/context';
import { applicationArgument, reasonArgument, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { commonInput, listSwitches, switchOff, type SwitchOnOptions, turn } from './switching';

interface PrewarmOptions extends Omit<SwitchOnOptions, 'for'> {
  readonly capacity?: number;
  /** As they were written: they may be relative to the session's time, which is known later. */
  readonly at?: string;
  readonly until?: string;
  readonly lcu?: number;
  readonly cancel?: boolean;
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
};

const timeArgument = (text: string): string => {
  if (parseInstant(text, 0) === undefined)
    throw new InvalidArgumentError('Expected a time such as 18:00, "2026-12-24 18:00" or 2026-12-24T18:00Z.');
  return text;
};

const planOptions = ['capacity', 'at', 'until'] as const;

/** Whether the options ask to show, to cancel or to make a plan. @throws UsageError of options that do not go together. */
export const prewarmTask = (options: PrewarmOptions): 'show' | 'cancel' | 'plan' => {
  const given = planOptions.filter((name) => options[name] !== undefined);
  const missing = planOptions.filter((name) => options[name] === undefined);
  const others = options.lcu !== undefined || options.force !== undefined || options.reason !== undefined;
  if (options.cancel === true) {
    if (given.length > 0 || others) throw new UsageError('--cancel goes with no option of a plan.');
    return 'cancel';
  }
  if (given.length === 0 && !others) return 'show';
  if (missing.length > 0)
    throw new UsageError(
      `To plan, give ${missing.map((name) => `--${name}`).join(' and ')} too, for example: forseti prewarm api --capacity 50 --at "2026-12-01 08:30" --until "2026-12-01 14:00"`,
    );
  return 'plan';
};

/** ISO times. An hour alone means the next such hour; for the end, the next one after the beginning. */
export const prewarmTimes = (
  { at = '', until = '' }: Pick<PrewarmOptions, 'at' | 'until'>,
  now: number,
): { readonly at: string; readonly until: string } => {
  const from = parseInstant(at, now) ?? now;
  const to = parseInstant(until, from) ?? from;
  return { at: new Date(from).toISOString(), until: new Date(to).toISOString() };
};

const prewarm = async (application: string, options: PrewarmOptions, context: Context): Promise<void> => {
  const task = prewarmTask(options);
  if (task === 'cancel') return switchOff('EndPrewarm', { application }, options, context);
  if (task === 'show') return listSwitches(application, 'prewarm', options, context);
  return withSession(options, context, async (session) => {
    const { capacity, lcu } = options;
    const input = {
      application,
      capacity,
      ...prewarmTimes(options, session.now()),
      ...(lcu !== undefined && { lcu }),
      ...commonInput(options),
    };
    await turn(session, 'StartPrewarm', input, options, context);
  });
};

export const addPrewarm = (program: Command, context: Context): void => {
  withPlace(program.command('prewarm').argument(...applicationArgument))
    .description(
      'have so many instances, and load balancer capacity, ready for a spike; alone it shows what is planned',
    )
    .option('--capacity <number>', 'instances at least', wholeNumber)
    .option('--at <time>', "when they are launched; without a zone it is this computer's", timeArgument)
    .option('--until <time>', 'when the minimum goes back', timeArgument)
    .option(
      '--lcu <units>',
      'capacity units to reserve of each load balancer; 100 unless set, 0 for none',
      wholeNumber,
    )
    .option('--force', 'although it would not fit as the account is now')
    .option('--reason <text>', 'why; it stands in the record', reasonArgument)
    .option('--cancel', 'end what is planned, or is on')
    .addHelpText(
      'after',
      `
Examples:
  forseti prewarm api --capacity 50 --at "2026-12-01 08:30" --until "2026-12-01 14:00"
  forseti prewarm api
  forseti prewarm api --cancel`,
    )
    .action((application: string, options: PrewarmOptions) => prewarm(application, options, context));
};
