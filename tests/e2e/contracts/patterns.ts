import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPattern, Cloud, cloudOptions, matchesPattern, parseDescription } from '@forseti/embedded-cloud';
import { compileStack, installInRegions } from '../../../cli/local/stack';
import { brokenPatterns, operatorPairs, type Pair, type Pattern, rulePairs } from './patternPairs';

/** The patterns of the compiled template's rules, as they stand after its installation. */
export const compiledPatterns = async (root: string): Promise<readonly Pattern[]> => {
  const cloud = Cloud.make({ ...cloudOptions(parseDescription({ groups: {} })), seed: 1 });
  await installInRegions(cloud, await compileStack(root));
  return cloud.regionNames.flatMap((region) =>
    Object.values(cloud.region(region).service('events').state.rules).flatMap(({ pattern = [] }) => pattern),
  ) as Pattern[];
};

/** The samples in `events/` that are whole events. */
export const sampleEvents = (root: string): readonly object[] => {
  const folder = join(root, 'events');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object)
    .filter((sample) => 'detail-type' in sample);
};

const ours = ({ pattern, event }: Pair): string => {
  try {
    checkPattern(pattern);
  } catch {
    return 'refused';
  }
  return String(matchesPattern(pattern, event));
};

/** What AWS's Event Ruler says to each pair: `true`, `false`, or `refused`. */
const rulers = (root: string, classPath: string, pairs: readonly Pair[]): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const program = join(root, 'tests', 'e2e', 'java', 'Ruler.java');
    const child = spawn('java', ['-cp', classPath, program], { timeout: 180_000 });
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('error', reject);
    child.once('close', (code) => {
      const answers = out.trimEnd().split('\n');
      if (code !== 0 || answers.length !== pairs.length)
        reject(
          new Error(`Event Ruler ended with ${String(code)} after ${String(answers.length)}: ${errors}`),
        );
      else resolve(answers.map((answer) => answer.split(':', 1)[0] ?? ''));
    });
    // Errors of the pipe show in the exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  });

const keyOf = (pair: Pair): string => JSON.stringify(pair);

/** @throws Error if Event Ruler is given nothing that it matches: a comparison of refusals would prove nothing. */
const demandMatches = (answers: readonly string[], pairs: readonly Pair[], patterns: readonly Pattern[]) => {
  const matched = new Set(
    pairs.flatMap(({ pattern }, index) => (answers[index] === 'true' ? JSON.stringify(pattern) : [])),
  );
  const never = patterns.filter((pattern) => !matched.has(JSON.stringify(pattern)));
  return never.map((pattern) => `no event matches the rule ${JSON.stringify(pattern)}`);
};

export interface PatternCheck {
  readonly compared: number;
  readonly rules: number;
  readonly problems: readonly string[];
}

/** Compares the embedded cloud's matcher with AWS's Event Ruler. */
export const checkPatterns = async (
  root: string,
  classPath: string,
  patterns: readonly Pattern[],
): Promise<PatternCheck> => {
  const distinct = [...new Map(patterns.map((one) => [JSON.stringify(one), one])).values()];
  const broken = brokenPatterns.map((pattern) => ({ pattern, event: { source: 's' } }));
  const all = [...rulePairs(distinct, sampleEvents(root)), ...operatorPairs(), ...broken];
  const pairs = [...new Map(all.map((pair) => [keyOf(pair), pair])).values()];
  const theirs = await rulers(root, classPath, pairs);
  const differences = pairs.flatMap((pair, index) => {
    const [mine, its = ''] = [ours(pair), theirs[index]];
    return mine === its ? [] : [`${keyOf(pair)}: the embedded cloud says ${mine}, Event Ruler ${its}`];
  });
  return {
    compared: pairs.length,
    rules: distinct.length,
    problems: [...differences, ...demandMatches(theirs, pairs, distinct)],
  };
};
