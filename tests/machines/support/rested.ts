import type { CloudState } from '@forseti/embedded-cloud';
import { minuteMs } from './acts';
import { startTestStack, type TestStack, type TestStackOptions } from './testStack';

const known = new Map<string, Promise<CloudState>>();

const play = async (options: TestStackOptions, versions: readonly string[]): Promise<CloudState> => {
  const stack = await startTestStack(options);
  for (const version of versions) {
    const { outcome } = await stack.deploy({ application: 'api', version }, `to-${version}`);
    if (outcome !== 'Deployed') throw new Error(`The deployment of ${version} ended as ${outcome}.`);
  }
  await stack.cloud.advance(10 * minuteMs);
  const quiet = await stack.cloud.runUntil(() => stack.cloud.quiet(), 10 * minuteMs);
  if (!quiet) throw new Error('The cloud does not come to rest.');
  return stack.cloud.snapshot();
};

/** A fleet on which these versions were deployed, the last one ten minutes ago. Played once for the same options. */
export const rested = async (options: TestStackOptions, ...versions: string[]): Promise<TestStack> => {
  const key = JSON.stringify([options, versions]);
  const played = known.get(key) ?? play(options, versions);
  known.set(key, played);
  return startTestStack({ from: await played });
};
