/** `npm run soak`: 100,000 messages through two regions that fail, and whether each took its effect once. */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { keepCorpus } from './embeddedCloud';
import { type Options, readOptions, usage } from './options';
import type { Plan } from './plan';
import { isAsPromised, merge, plansOf, plain, type Report } from './report';
import { runShard, type ShardResult } from './shard';

/** A shard is a cloud of its own, so that shards run side by side, each on a core. */
const runInWorker = (file: string, plan: Plan): Promise<ShardResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(file, {
      workerData: plan,
      // Most objects live no longer than one call: with a larger young generation they are never moved.
      resourceLimits: { maxYoungGenerationSizeMb: 128, maxOldGenerationSizeMb: 2048 },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`A part of the soak ended with code ${String(code)} before its result.`));
    });
  });

/** In their order, however many run at a time. */
const runAll = async (file: string, plans: readonly Plan[]): Promise<readonly ShardResult[]> => {
  const results: ShardResult[] = [];
  const left = plans.map((plan, index) => ({ plan, index }));
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift())
      results[next.index] = await runInWorker(file, next.plan);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), plans.length) }, work));
  return results;
};

const soak = async (file: string, options: Options): Promise<Report> => {
  const startedAt = performance.now();
  const plans = plansOf(options);
  const results = await runAll(file, plans);
  return merge(results, (performance.now() - startedAt) / 1000);
};

/**
 * @param file this file's bundle, which the workers run too
 * @returns the exit code: 0 as promised, 1 not, 2 bad usage
 */
export const main = async (given: readonly string[], file: string): Promise<number> => {
  const options = readOptions(given);
  if ('problems' in options) {
    console.error([...options.problems, usage].join('\n'));
    return 2;
  }
  const report = await soak(file, options);
  console.log(options.format === 'json' ? JSON.stringify(report) : plain(report, options));
  return isAsPromised(report, options.table) ? 0 : 1;
};

if (!isMainThread) {
  // An outage makes refusals by the hundred thousand, whose stack traces nobody reads.
  Error.stackTraceLimit = 0;
  keepCorpus(process.env);
  void runShard(workerData as Plan).then((result) => {
    parentPort?.postMessage(result);
  });
}
