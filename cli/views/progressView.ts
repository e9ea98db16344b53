import { showDuration } from '../terminal/duration';
import type { ExecutionStep } from '../queries/progress';
import { stepTexts } from './stepTexts';
import { padEnd, padStart, type Style } from '../terminal/style';

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const nameColumns = 18;
const timeColumns = 12;

const elapsed = (step: ExecutionStep, now: number): string =>
  step.startedAt === undefined ? '' : showDuration((step.endedAt ?? now) - step.startedAt);

const markOf = (step: ExecutionStep, frame: number, style: Style): string => {
  switch (step.state) {
    case 'done':
      return style.good('✔');
    case 'failed':
      return style.bad('✖');
    case 'running':
      return style.accent(spinner[frame % spinner.length] ?? '·');
    case 'ahead':
      return style.dim('·');
  }
};

const ids = /\b(?:ami|i)-[0-9a-f]{8,17}\b/;
const counted = /\b\d+ of (\d+ instances?)\b/;

/** The subject of a step that is done (`20 instances`), without its progress, which is over. */
const doneText = (progress = ''): string =>
  counted.exec(progress)?.[1]?.replace(/^1 instances$/, '1 instance') ?? ids.exec(progress)?.[0] ?? '';

/** A step on one line: mark, name, time and progress; steps ahead are dim. */
export const stepLine = (step: ExecutionStep, now: number, frame: number, style: Style): string => {
  const text =
    step.state === 'done' ? doneText(step.progress) : (step.progress ?? stepTexts[step.name] ?? '');
  const name = padEnd(step.name, nameColumns);
  const shownName =
    step.state === 'ahead' ? style.dim(name) : step.state === 'running' ? style.bold(name) : name;
  return `  ${markOf(step, frame, style)} ${shownName}${style.dim(padStart(elapsed(step, now), timeColumns))}   ${style.dim(text)}`.trimEnd();
};

/** The lines of a live view. */
export const progressLines = (
  steps: readonly ExecutionStep[],
  now: number,
  frame: number,
  style: Style,
): string[] => steps.map((step) => stepLine(step, now, frame, style));

/** In a log, a running step without news is told this often. */
const stillEveryMs = 5 * 60_000;

/**
 * Makes the lines of a log, for output that is no terminal. Each call returns the news since the call before: the steps that
 * ended, and the running step if its progress changed or five minutes passed.
 */
export const makeLog = (style: Style) => {
  const told = new Map<string, { ended: boolean; progress: string | undefined; at: number }>();
  return (steps: readonly ExecutionStep[], now: number): string[] =>
    steps
      .filter(({ state }) => state !== 'ahead')
      .flatMap((step) => {
        const key = `${step.name} ${String(step.startedAt)}`;
        const before = told.get(key);
        const ended = step.state !== 'running';
        const since = now - (before?.at ?? step.startedAt ?? now);
        const news = ended ? !before?.ended : step.progress !== before?.progress || since >= stillEveryMs;
        if (!news) return [];
        told.set(key, { ended, progress: step.progress, at: now });
        const mark =
          step.state === 'done' ? style.good('done') : step.state === 'failed' ? style.bad('failed') : '…';
        return [
          `${padEnd(mark, 7)}${padEnd(step.name, nameColumns)}${padStart(elapsed(step, now), timeColumns)}   ${(step.state === 'done' ? doneText(step.progress) : step.progress) ?? ''}`.trimEnd(),
        ];
      });
};
