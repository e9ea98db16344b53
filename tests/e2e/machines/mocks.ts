import { machines } from '../executions';
import { type MachineCase, tasksOf } from './cases';

/**
 * The cases in the form of Step Functions Local's mock configuration, which MiniStack takes too
 * (docs.aws.amazon.com/step-functions, "Testing with mocked service integrations").
 */
export const mocksOf = (root: string, cases: readonly MachineCase[]): object => {
  const responses: Record<string, object> = {};
  const stateMachines: Record<string, { TestCases: Record<string, Record<string, string>> }> = {};
  for (const machine of machines) {
    const tasks = tasksOf(root, machine);
    const testCases: Record<string, Record<string, string>> = {};
    for (const { name, answer, failing, machine: its } of cases) {
      if (its !== machine) continue;
      testCases[name] = {};
      for (const { state, functionName, byToken } of tasks) {
        const key = `${name}-${state}`;
        testCases[name][state] = key;
        const returned = byToken ? answer : { StatusCode: 200, Payload: { ...answer, deployment: name } };
        responses[key] = {
          '0-99':
            failing?.functionName === functionName
              ? { Throw: { Error: failing.error, Cause: 'by the case' } }
              : { Return: returned },
        };
      }
    }
    stateMachines[`forseti-production-${machine}`] = { TestCases: testCases };
  }
  return { StateMachines: stateMachines, MockedResponses: responses };
};
