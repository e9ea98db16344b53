import { isTransient, messageOf, nameOf } from '../../lib/aws/failure';
import { type Ending, endingOf } from '../queries/ending';
import { nameOfExecution } from '../queries/executions';
import type { ExecutionStep } from '../queries/progress';
import { type ExecutionSnapshot, makePoll } from '../queries/snapshot';
import type { Session } from '../session/session';
import { Interrupted, WaitsForSomebody } from '../terminal/errors';
import { whenInterrupted } from '../terminal/interrupt';
import { type Live, liveOn } from '../terminal/live';
import { type Style, styleOf } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';
import { makeLog, progressLines } from '../views/progressView';

/** How often a live view is drawn again. */
const frameMs = 120;

/** The pause between two polls: short at first, since refusals come within seconds. */
const pauseMs = (polls: number, local: boolean): number => (local ? 5_000 : polls < 10 ? 1_000 : 4_000);

const notFollowed = 'Not followed any more. It goes on; see it with "forseti status".';
const notFollowedLocal =
  'Not followed any more. Time stands still now on the embedded cloud; it goes on with "forseti local advance 30m".';

export interface FollowOptions {
  /** Shows nothing. */
  readonly quiet?: boolean;
  /** The deployment that the execution repairs, if it is one of the machine Mend. */
  readonly repaired?: string;
}

/** The execution's end, and how it stood then. */
export interface Followed {
  readonly ending: Ending;
  readonly last: ExecutionSnapshot;
}

/**
 * The refusal to wait for a person on the embedded cloud: nobody else can act there while this command holds it, and hours
 * of virtual time pass in a second. Undefined where nobody is waited for.
 */
const waitsForNobody = ({ steps }: ExecutionSnapshot, deployment: string): WaitsForSomebody | undefined => {
  const running = steps.find(({ state }) => state === 'running');
  const asks =
    running?.name === 'Approval' ||
    (running?.name === 'Queue' && running.progress?.includes('forseti approve') === true);
  if (!asks || running.progress === undefined) return undefined;
  return new WaitsForSomebody(
    `It waits for somebody. Time stands still now on the embedded cloud; to go on: "forseti approve ${deployment} --local", then "forseti local advance 30m".`,
  );
};

/** Where the steps are shown: drawn in place, as lines of a log, or not at all. */
interface Display {
  show(steps: readonly ExecutionStep[]): void;
  /** Lets time pass between two polls; a live view shows how long the running step has taken meanwhile. */
  pause(steps: readonly ExecutionStep[], ms: number): Promise<void>;
  end(): void;
}

const liveDisplay = (session: Session, live: Live, style: Style, check: () => void): Display => {
  let frame = 0;
  const show = (steps: readonly ExecutionStep[]) => {
    live.draw(progressLines(steps, session.now(), (frame += 1), style));
  };
  return {
    show,
    pause: async (steps, ms) => {
      // Virtual time passes at once: there is nothing to animate.
      if (session.local) return session.sleep(ms);
      for (let left = ms; left > 0; left -= frameMs) {
        await session.sleep(Math.min(left, frameMs));
        check();
        show(steps);
      }
    },
    end: () => {
      live.end();
    },
  };
};

const logDisplay = (session: Session, terminal: Terminal, style: Style, quiet: boolean): Display => {
  const log = makeLog(style);
  return {
    show: (steps) => {
      if (!quiet) for (const line of log(steps, session.now())) terminal.note(line);
    },
    pause: (_steps, ms) => session.sleep(ms),
    end: () => undefined,
  };
};

/** So long AWS may not answer: an outage takes hours at worst, and the execution goes on with or without a spectator. */
const patienceMs = 2 * 3_600_000;

/**
 * A poll that does not give up at once where AWS throttles or does not answer: what is followed goes on meanwhile.
 * @returns undefined where there is nothing new to show. It says so once.
 */
const makePatientPoll = (
  session: Session,
  poll: () => Promise<ExecutionSnapshot>,
  tell: (text: string) => void,
): (() => Promise<ExecutionSnapshot | undefined>) => {
  let silentSince: number | undefined;
  return async () => {
    try {
      const snapshot = await poll();
      silentSince = undefined;
      return snapshot;
    } catch (error) {
      const now = session.now();
      if (!isTransient(error) || now - (silentSince ?? now) >= patienceMs) throw error;
      if (silentSince === undefined)
        tell(
          `AWS does not answer (${nameOf(error)}: ${messageOf(error)}). What is followed goes on meanwhile; it is looked for again.`,
        );
      silentSince ??= now;
      return undefined;
    }
  };
};

/**
 * Follows an execution to its end and shows its steps: drawn in place on a terminal, else one line for each.
 * @throws Interrupted, WaitsForSomebody.
 */
export const follow = async (
  session: Session,
  executionArn: string,
  terminal: Terminal,
  { quiet = false, repaired }: FollowOptions = {},
): Promise<Followed> => {
  const poll = makePatientPoll(session, makePoll(session, executionArn, repaired), (text) => {
    if (!quiet) terminal.note(text);
  });
  let interrupted = false;
  const forget = whenInterrupted(() => {
    interrupted = true;
  });
  const check = () => {
    if (interrupted) throw new Interrupted(session.local ? notFollowedLocal : notFollowed);
  };
  const style = styleOf(terminal.colours);
  const display =
    terminal.live && !quiet
      ? liveDisplay(session, liveOn(terminal), style, check)
      : logDisplay(session, terminal, style, quiet);
  try {
    let shown: readonly ExecutionStep[] = [];
    for (let polls = 0; ; polls += 1) {
      check();
      const last = await poll();
      if (last === undefined) {
        await display.pause(shown, pauseMs(polls, session.local));
        continue;
      }
      shown = last.steps;
      display.show(last.steps);
      const waits = session.local ? waitsForNobody(last, nameOfExecution(executionArn)) : undefined;
      if (waits) throw waits;
      if (!last.running) return { ending: endingOf(last.execution), last };
      await display.pause(last.steps, pauseMs(polls, session.local));
    }
  } finally {
    forget();
    display.end();
  }
};
