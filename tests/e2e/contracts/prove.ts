import type { Result } from '@forseti/embedded-cloud/contracts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calledActions } from './calledActions';
import { fidelity, type RequestCheck } from './fidelity';
import type { Emulators } from '../emulators';
import { checkCorpus, corpusOf } from './corpus';
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
 * Runs the contracts on all hosts, checks the corpus with AWS's models, and writes `docs/fidelity.md`.
 * @returns the deviations; empty if there are none.
 */
export const prove = async (
  root: string,
  { endpoints, python }: Pick<Emulators, 'endpoints' | 'python'>,
): Promise<readonly string[]> => {
  const { folder, from } = await corpusOf(root);
  const requests = await checkCorpus(root, python, folder);
  console.log(`${String(requests.checked)} requests held against AWS's models; they are of ${from}`);
  const results = await runContracts(endpoints);
  const text = fidelity(calledActions(root), results, requests);
  writeFileSync(join(root, 'docs', 'fidelity.md'), text);
  console.log(`${String(results.length)} contracts held. ${/^Proven: .*$/m.exec(text)?.[0] ?? ''}`);
  return problemsOf(results, requests);
};
