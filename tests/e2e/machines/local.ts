import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Cloud, cloudOptions, parseDescription } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../../cli/session/cloudSession';
import { compileStack, installInRegions } from '../../../cli/local/stack';
import { pathOf } from '../executions';
import { type CameTo, inputOf, type MachineCase, withoutCauses } from './cases';

/** Lambda puts an error into a JSON form, which a mocked answer does not have. */
const byTheCase = 'by the case';

/**
 * A stub for all functions. It finds its case by the execution's name, which each state's input contains, and answers
 * as the case says.
 */
const stub = (cases: readonly MachineCase[]): string => `
const cases = ${JSON.stringify(cases.map(({ name, answer, failing }) => ({ name, answer, failing })))};
exports.handler = async (event) => {
  const text = JSON.stringify(event);
  const found = cases.find(({ name }) => text.includes(name + '"'));
  if (!found) return {};
  const { name, answer, failing } = found;
  if (failing && process.env.AWS_LAMBDA_FUNCTION_NAME === 'forseti-production-' + failing.functionName)
    throw Object.assign(new Error('by the case'), { name: failing.error });
  if (event.token === undefined) return { ...answer, deployment: name };
  const { SFNClient, SendTaskSuccessCommand } = require('@aws-sdk/client-sfn');
  await new SFNClient({}).send(new SendTaskSuccessCommand({ taskToken: event.token, output: JSON.stringify(answer) }));
};`;

const dayMs = 86_400_000;

/**
 * Runs all cases on the project's own interpreter, on one embedded cloud.
 * @returns the result of each case by its name.
 */
export const runLocally = async (
  root: string,
  cases: readonly MachineCase[],
): Promise<ReadonlyMap<string, CameTo>> => {
  const compiled = await compileStack(root);
  const text = stub(cases);
  const bundles = Object.fromEntries(
    Object.entries(compiled.bundles).map(([module, { file }]) => [module, { file, text }]),
  );
  const cloud = Cloud.make({ ...cloudOptions(parseDescription({ groups: {} })), seed: 1 });
  await installInRegions(cloud, { ...compiled, bundles });
  const session = sessionOnCloud(cloud);
  const { names } = session;
  const sfn = session.connect(SFNClient);
  const found = new Map<string, CameTo>();
  for (const one of cases) {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: names.machineArn.replace(/deploy$/, one.machine),
        name: one.name,
        input: JSON.stringify(inputOf(one)),
      }),
    );
    const executions = cloud.region(cloud.home).service('states').state.executions;
    await cloud.runUntil(() => executions[executionArn]?.status !== 'RUNNING', 30 * dayMs);
    const ended = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { events = [] } = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
    );
    found.set(one.name, cameTo(ended, pathOf(events)));
  }
  return found;
};

export const cameTo = (
  ended: {
    status?: string | undefined;
    error?: string | undefined;
    cause?: string | undefined;
    output?: string | undefined;
  },
  path: readonly string[],
): CameTo => ({
  status: ended.status ?? '',
  path,
  error: ended.error,
  cause: ended.cause?.startsWith('{"errorType"') === true ? byTheCase : ended.cause,
  // MiniStack gives a failed execution an output, which AWS's does not have (DescribeExecution, `output`).
  output:
    ended.status === 'SUCCEEDED' ? withoutCauses(JSON.parse(ended.output ?? 'null') as unknown) : undefined,
});
