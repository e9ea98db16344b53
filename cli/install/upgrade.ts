import { messageOf } from '../../lib/aws/failure';
import type { Session } from '../session/session';
import type { Context } from '../session/context';
import { sessionIn } from '../queries/regions';
import { RefusedEarly } from '../terminal/errors';
import { beforeEnding, whenInterrupted } from '../terminal/interrupt';
import { type Busy, busyLines, executionsInFlight } from './inFlight';
import { freezeForUpgrade, type UpgradeFreeze } from './upgradeFreeze';

const pollMs = 15_000;

export interface WaitLimit {
  /** False: what runs is a refusal. */
  readonly wait: boolean;
  /** Milliseconds. */
  readonly atMost: number;
}

const refused = (busy: readonly Busy[], why: string): RefusedEarly =>
  new RefusedEarly([...busyLines(busy), why].join('\n'));

/** Waits until nothing runs in any of the regions. @throws RefusedEarly with what runs */
const awaitRest = async (
  sessions: readonly Session[],
  { wait, atMost }: WaitLimit,
  { note }: Pick<Context['terminal'], 'note'>,
): Promise<void> => {
  const [first] = sessions;
  if (!first) return;
  let isInterrupted = false;
  const forget = whenInterrupted(() => (isInterrupted = true));
  try {
    let told = '';
    for (const from = first.now(); ; await first.sleep(pollMs)) {
      const busy = (await Promise.all(sessions.map(executionsInFlight))).flat();
      if (busy.length === 0) return;
      if (!wait) throw refused(busy, 'Executions in flight would call new code by their old definition.');
      if (isInterrupted) throw refused(busy, 'The upgrade was interrupted; nothing was changed.');
      if (first.now() - from >= atMost)
        throw refused(busy, 'These still run. Nothing was changed; run it again later.');
      const texts = busy.map(({ what }) => what).join(' ');
      if (texts !== told) note(`Waiting: ${texts}`);
      told = texts;
    }
  } finally {
    forget();
  }
};

/**
 * Does the work while deployments are frozen in all regions and nothing runs. However it ends, the freezes that it made are
 * lifted.
 * @throws RefusedEarly where something runs
 */
export const whileFrozen = async <Result>(
  session: Session,
  regions: readonly string[],
  how: WaitLimit & { readonly version: string },
  { terminal }: Pick<Context, 'terminal'>,
  work: () => Promise<Result>,
): Promise<Result> => {
  const sessions = regions.map((region) => sessionIn(session, region));
  const freezes: UpgradeFreeze[] = [];
  const liftAll = async (): Promise<void> => {
    for (const [index, { lift }] of freezes.splice(0).entries()) {
      // The error that ends the upgrade matters more than one of this call, which says how to lift it by hand.
      const message = await lift().catch(
        (error: unknown) =>
          `The freeze could not be lifted (${messageOf(error)}): forseti unfreeze --all --region ${regions[index] ?? ''}`,
      );
      if (message !== undefined) terminal.note(`${regions[index] ?? ''}: ${message}`);
    }
  };
  const forget = beforeEnding(liftAll);
  try {
    for (const one of sessions) {
      const freeze = await freezeForUpgrade(one, how.version);
      freezes.push(freeze);
      terminal.note(`${one.region}: ${freeze.message}`);
    }
    await awaitRest(sessions, how, terminal);
    return await work();
  } finally {
    await liftAll();
    forget();
  }
};
