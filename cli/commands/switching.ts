import type { Command } from 'commander';
import type { SwitchKind } from '../../lib/switches/item';
import type { Context } from '../main';
import { applicationArgument, type PlaceOptions, withPlace } from '../session/options';
import { withSession } from '../session/session';

/** What the daily switches take alike. */
export interface SwitchOnOptions extends PlaceOptions {
  /** Milliseconds. */
  readonly for?: number;
  readonly force?: boolean;
  readonly reason?: string;
}

/** As the functions of the switches take it: what was not given is not sent. */
export const commonInput = ({ for: forMs, force, reason }: Omit<SwitchOnOptions, 'format'>): object => ({
  ...(forMs !== undefined && { forSeconds: Math.ceil(forMs / 1_000) }),
  ...(force !== undefined && { force }),
  ...(reason !== undefined && { reason }),
});

/** @param name of the function that turns it on. @throws UsageError, RefusedEarly. */
export const switchOn = (
  name: string,
  input: object,
  options: PlaceOptions,
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const { turn } = await import('../session/switches');
    await turn(session, name, input, options, context);
  });

/**
 * It also goes off where the settings are gone by now; but who misspells an application must not be told that all is
 * well.
 * @param name of the function that turns it off.
 * @throws UsageError; RefusedEarly of an application that has neither settings nor anything that was ever on.
 */
export const switchOff = (
  name: string,
  input: { readonly application: string },
  options: PlaceOptions,
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const { knownSwitches, turn } = await import('../session/switches');
    await knownSwitches(session, input.application);
    await turn(session, name, input, options, context);
  });

/** `list`, `status`: what is on, who turned it on and until when. */
export const showsSwitches = (command: Command, kind: SwitchKind, context: Context): Command =>
  withPlace(command.argument(...applicationArgument)).action(
    async (application: string, options: PlaceOptions) => {
      const { listSwitches } = await import('../session/switches');
      await listSwitches(application, kind, options, context);
    },
  );
