import { messageOf } from '../../../lib/aws/failure';
import { type AwsCall, parseAws, runAws } from './awsCli';
import { runScript } from './shell';
import type { TestStack } from './testStack';

/** Pastes a command into a shell, with an administrator's session. @returns the calls that it made. */
export const pasteIntoShell = async (stack: TestStack, command: string): Promise<AwsCall[]> => {
  const calls: AwsCall[] = [];
  const refusals: string[] = [];
  const code = await runScript(command, {
    run: async (words) => {
      // If the CLI would not take the command, that is a fault of the command, and no answer of AWS.
      const call = parseAws(words);
      calls.push(call);
      try {
        return { code: 0, output: await runAws(stack.session, call) };
      } catch (error) {
        refusals.push(`${call.operation}: ${messageOf(error)}`);
        return { code: 254, output: '' };
      }
    },
    sleep: (seconds) => stack.cloud.advance(seconds * 1000),
  });
  if (code !== 0) throw new Error(`It ends with ${String(code)}: ${refusals.join('; ')}`);
  return calls;
};
