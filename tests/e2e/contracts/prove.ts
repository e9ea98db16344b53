import type { Result } from '@forseti/embedded-cloud/contracts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calledActions } from './calledActions';
import { fidelity, type RequestCheck } from './fidelity';
import type { Emulators } from '../emulators';
import { checkCorpus, corpusOf } from './corpus';
import { javaParts } from '../java';
import { startElasticMq } from './elasticMq';
import { checkPatterns, compiledPatterns } from './patterns';
import { runContracts } from './runContracts';

const problemsOf = (results: readonly Result[], { violations }: RequestCheck): string[] => [
  ...results.flatMap(({ contract, host, problem }) =>
    problem === undefined ? [] : `${contract.service} on ${host}: "${contract.holds}": ${problem}`,
  ),
  ...violations.map(
    ({ service, action, at, problem }) => `AWS would refuse a request ${service}:${action} ${at} ${problem}`,
  ),
];

/**
 * Checks the corpus with AWS's models and the patterns with AWS's Event Ruler, runs the contracts on all hosts, and
 * writes `docs/fidelity.md`. Without Java, Event Ruler and ElasticMQ are left out, and the document stays as it is.
 * @returns the deviations; empty if there are none.
 */
export const prove = async (
  root: string,
  { endpoints, python }: Pick<Emulators, 'endpoints' | 'python'>,
): Promise<readonly string[]> => {
  // The embedded cloud makes the time of this whole process virtual: first and alone.
  const patterns = await compiledPatterns(root);
  const { folder, from } = await corpusOf(root);
  const requests = await checkCorpus(root, python, folder);
  console.log(`${String(requests.checked)} requests held against AWS's models; they are of ${from}`);
  const java = await javaParts(root);
  const matched =
    java.missing === undefined ? await checkPatterns(root, java.classPath, patterns) : undefined;
  if (matched)
    console.log(
      `${String(matched.compared)} pairs of a pattern and an event, ${String(matched.rules)} rules of the template among them, put to AWS's Event Ruler: ${String(matched.problems.length)} differ`,
    );
  const elasticmq = java.missing === undefined ? await startElasticMq(root, java.classPath) : undefined;
  try {
    const results = await runContracts({ ...endpoints, ...(elasticmq && { elasticmq: elasticmq.endpoint }) });
    const text = fidelity(calledActions(root), results, requests);
    if (java.missing === undefined) writeFileSync(join(root, 'docs', 'fidelity.md'), text);
    else console.log(`SKIPPED  Event Ruler, ElasticMQ and docs/fidelity.md: ${java.missing}`);
    console.log(`${String(results.length)} contracts held. ${/^Proven: .*$/m.exec(text)?.[0] ?? ''}`);
    return [...problemsOf(results, requests), ...(matched?.problems ?? [])];
  } finally {
    await elasticmq?.stop();
  }
};
