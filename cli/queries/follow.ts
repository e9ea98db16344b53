import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  paginateGetExecutionHistory,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../lib/engine/record';
import { type Ending, endingOf } from './ending';
import { nameOfExecution } from './executions';
import { Interrupted, WaitsForSomebody } from '../terminal/exitCodes';
import { whenInterrupted } from '../terminal/interrupt';
import { liveOn } from '../terminal/live';
import { endedAt, type HistoryEvent, pathOf, type Step, stepsOf } from './progress';
import { makeLog, progressLines } from '../views/progressView';
import type { Session } from '../session/session';
import { styleOf } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';

/** An execution as it stands. */
export interface Snapshot {
  readonly running: boolean;
  readonly events: readonly HistoryEvent[];
  readonly steps: readonly Step[];
  /** All states entered, in their order. */
  readonly path: readonly string[];
  readonly execution: DescribeExecutionOutput;
  readonly record: DeploymentRecord | undefined;
}

/**
 * Looks at an execution and at what its record notes of the steps.
 * @param mended the deployment that it mends, if it is one of Mend.
 */
export const makePoll = (session: Session, executionArn: string, mended?: string) => {
  const sfn = session.connect(SFNClient);
  const table = new Table<DeploymentRecord | StepItem>(
    session.connect(DynamoDBClient),
    session.names.deploymentsTable,
  );
  const records = new Records(table);
  const deployment = mended ?? nameOfExecution(executionArn);
  return async (): Promise<Snapshot> => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const events: HistoryEvent[] = [];
    const pages = paginateGetExecutionHistory(
      { client: sfn },
      { executionArn, includeExecutionData: false, maxResults: 1_000 },
    );
    for await (const page of pages) events.push(...(page.events ?? []));
    const [record, items] = await Promise.all([records.find(deployment), records.steps(deployment)]);
    const progress = Object.fromEntries(
      items.flatMap(({ item, progress: text }) =>
        text === undefined ? [] : [[item.slice('step#'.length), text]],
      ),
    );
    // A request that was refused before its settings were read has a record without a strategy.
    const plan = record?.strategy === undefined || mended !== undefined ? undefined : record;
    const steps = stepsOf(events, plan, progress);
    const running = execution.status === 'RUNNING';
    return {
      running,
      events,
      steps: running ? steps : endedAt(steps, execution.stopDate?.getTime() ?? session.now()),
      path: pathOf(events),
      execution,
      record,
    };
  };
};

/** A live view is drawn again so often. */
const frameMs = 120;

/** Between two looks: quick at first, since refusals come within seconds. */
const pauseMs = (looks: number, local: boolean): number => (local ? 5_000 : looks < 10 ? 1_000 : 4_000);

const notFollowed = 'Not followed any more. It goes on; see it with "forseti status".';
const notFollowedLocal =
  'Not followed any more. Time stands still now on the embedded cloud; it goes on with "forseti local advance 30m".';

export interface FollowOptions {
  /** Shows nothing. */
  readonly quiet?: boolean;
  /** The deployment that the execution mends, if it is one of Mend. */
  readonly mended?: string;
  readonly write?: (text: string) => void;
}

/** On the embedded cloud nobody else can act while this command holds it, and hours pass in a second. */
const waitsForNobody = ({ steps }: Snapshot, deployment: string): WaitsForSomebody | undefined => {
  const running = steps.find(({ state }) => state === 'running');
  const asks =
    running?.name === 'Approval' ||
    (running?.name === 'Queue' && running.progress?.includes('forseti approve') === true);
  if (!asks || running.progress === undefined) return undefined;
  return new WaitsForSomebody(
    `It waits for somebody. Time stands still now on the embedded cloud; to go on: "forseti approve ${deployment} --local", then "forseti local advance 30m".`,
  );
};

/** Follows an execution to its end and shows its steps: drawn in place on a terminal, else one line for each. */
export const follow = async (
  session: Session,
  executionArn: string,
  terminal: Terminal,
  options: FollowOptions = {},
): Promise<{ readonly ending: Ending; readonly last: Snapshot }> => {
  const look = makePoll(session, executionArn, options.mended);
  const style = styleOf(terminal.colours);
  const write = options.write ?? ((text: string) => void process.stdout.write(text));
  const live = terminal.live && !options.quiet ? liveOn(terminal, write) : undefined;
  const log = makeLog(style);
  let interrupted = false;
  const forget = whenInterrupted(() => {
    interrupted = true;
  });
  const stopIfAsked = () => {
    if (interrupted) throw new Interrupted(session.local ? notFollowedLocal : notFollowed);
  };
  let frame = 0;
  const draw = (steps: readonly Step[]) =>
    live?.draw(progressLines(steps, session.now(), (frame += 1), style));
  /** Between two looks, the running step's time goes on. */
  const animated = async (steps: readonly Step[], forMs: number) => {
    for (let left = forMs; left > 0; left -= frameMs) {
      await session.sleep(Math.min(left, frameMs));
      stopIfAsked();
      draw(steps);
    }
  };
  try {
    for (let looks = 0; ; looks += 1) {
      stopIfAsked();
      const last = await look();
      if (live) draw(last.steps);
      else if (!options.quiet) for (const line of log(last.steps, session.now())) terminal.note(line);
      const waits = session.local ? waitsForNobody(last, nameOfExecution(executionArn)) : undefined;
      if (waits) throw waits;
      if (!last.running) return { ending: endingOf(last.execution), last };
      const pause = pauseMs(looks, session.local);
      if (live && !session.local) await animated(last.steps, pause);
      else await session.sleep(pause);
    }
  } finally {
    forget();
    live?.end();
  }
};
