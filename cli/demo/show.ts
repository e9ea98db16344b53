import { setTimeout as sleep } from 'node:timers/promises';
import { liveOn } from '../terminal/live';
import { makeLog, progressLines } from '../views/progressView';
import type { Style } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';
import { frameAt, moments, type Recording } from './replay';
import { versionsBar } from './report';

/** How often a frame is drawn, in real time. */
const frameMs = 100;

/**
 * Shows a deployment that has ended already, at a pace that a person can follow: drawn in place on a terminal, else one line
 * for each step.
 * @param forMs the real time that the show takes.
 */
export const showRecording = async (
  recording: Recording,
  version: string,
  { terminal, style, forMs }: { terminal: Terminal; style: Style; forMs: number },
): Promise<void> => {
  const live = terminal.live ? liveOn(terminal) : undefined;
  const log = makeLog(style);
  const frames = Math.max(1, Math.round(forMs / frameMs));
  try {
    for (const [index, at] of moments(recording, frames).entries()) {
      const frame = frameAt(recording, at);
      if (live)
        live.draw([
          versionsBar(frame.versions, version, style),
          '',
          ...progressLines(frame.steps, at, index, style),
        ]);
      else for (const line of log(frame.steps, at)) terminal.out(line);
      await sleep(frameMs);
    }
  } finally {
    live?.end();
  }
};
