import type { Answer } from '../../lib/engine/input';
import type { Context } from '../session/context';
import type { Format } from '../session/options';
import type { Session } from '../session/session';
import { exitCodes } from '../terminal/exitCodes';
import { styleOf } from '../terminal/style';

/** Shows a function's answer. A refusal goes to stderr and sets the exit code, so that scripts see it. */
export const tellAnswer = (answer: Answer, format: Format, context: Context): void => {
  const { terminal } = context;
  if (!answer.done) context.exitCode = exitCodes.rejected;
  if (format === 'json') {
    terminal.out(JSON.stringify(answer, null, 2));
    return;
  }
  const style = styleOf(terminal.colours && format === 'tree');
  if (answer.done) terminal.out(`${format === 'tree' ? `${style.good('✔')} ` : ''}${answer.message}`);
  else terminal.note(style.warn(answer.message));
};

/** The embedded cloud's clock stands still between commands: tells how to let time pass. */
export const tellTime = ({ local }: Session, { terminal }: Context): void => {
  if (local) terminal.note('It goes on while time passes: "forseti local advance 10m".');
};
