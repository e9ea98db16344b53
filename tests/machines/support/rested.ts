import type { CloudState } from '../../../packages/embedded-cloud/src/core/cloud';
import { minuteMs } from './acts';
import { raise, type Stage, type StageOptions } from './stage';

const known = new Map<string, Promise<CloudState>>();

const play = async (options: StageOptions, versions: readonly string[]): Promise<CloudState> => {
  const stage = await raise(options);
  for (const version of versions) {
    const { outcome } = await stage.deploy({ application: 'api', version }, `to-${version}`);
    if (outcome !== 'Deployed') throw new Error(`The deployment of ${version} ended as ${outcome}.`);
  }
  await stage.cloud.advance(10 * minuteMs);
  const quiet = await stage.cloud.runUntil(() => stage.cloud.quiet(), 10 * minuteMs);
  if (!quiet) throw new Error('The cloud does not come to rest.');
  return stage.cloud.snapshot();
};

/** A fleet on which these versions were deployed, the last one ten minutes ago. Played once for the same options. */
export const rested = async (options: StageOptions, ...versions: string[]): Promise<Stage> => {
  const key = JSON.stringify([options, versions]);
  const played = known.get(key) ?? play(options, versions);
  known.set(key, played);
  return raise({ from: await played });
};
