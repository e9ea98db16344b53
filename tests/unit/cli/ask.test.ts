import { InvokeCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { ask } from '../../../cli/session/ask';
import { tellAnswer } from '../../../cli/views/answerView';
import { contextWith, keptTerminal, sessionWith } from './support';

const lambda = mockClient(LambdaClient);
/** No package here exports the SDK's own class of payloads, so plain bytes are used. */
const payload = (value: unknown) => Buffer.from(JSON.stringify(value)) as never;
const session = sessionWith();

beforeEach(() => {
  lambda.reset();
});

test('The function is invoked by its name in the stage, and its answer is returned', async () => {
  const answer = { done: true, message: 'api-v2-1 is halted.', deployment: 'api-v2-1' };
  lambda.on(InvokeCommand).resolves({ Payload: payload(answer) });
  expect(await ask(session, 'HaltDeployment', { application: 'api' })).toEqual(answer);
  expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({
    FunctionName: 'forseti-test-HaltDeployment',
    Payload: '{"application":"api"}',
  });
});

test.each([
  ['UnknownApplication', 'RefusedEarly', 'There is no application "ap".'],
  ['InvalidRequest', 'UsageError', 'There is no application "ap".'],
  ['TypeError', 'Error', 'forseti-test-Freeze failed with TypeError: There is no application "ap".'],
])("The function's error %s becomes a %s of the command", async (errorType, name, message) => {
  lambda.on(InvokeCommand).resolves({
    FunctionError: 'Unhandled',
    Payload: payload({ errorType, errorMessage: 'There is no application "ap".', trace: [] }),
  });
  await expect(ask(session, 'Freeze', {})).rejects.toMatchObject({ name, message });
});

test('The error for a missing function says how to get it', async () => {
  const gone = new ResourceNotFoundException({ message: 'Function not found', $metadata: {} });
  lambda.on(InvokeCommand).rejects(gone);
  await expect(ask(session, 'Approve', {})).rejects.toMatchObject({
    name: 'UsageError',
    message:
      'There is no function forseti-test-Approve in eu-west-1: make the stack (forseti install), or give its --region and --stage.',
  });
});

test.each([
  [{ done: true, message: 'Done.' }, 'tree', ['✔ Done.'], [], 0],
  [{ done: true, message: 'Done.' }, 'plain', ['Done.'], [], 0],
  [{ done: false, message: 'Nothing runs.' }, 'tree', [], ['Nothing runs.'], 3],
  [{ done: false, message: 'No.' }, 'json', ['{\n  "done": false,\n  "message": "No."\n}'], [], 3],
] as const)(
  'The answer %j as %s writes %j to stdout and %j to stderr, with exit code %d',
  (answer, format, outs, notes, code) => {
    const terminal = keptTerminal();
    const context = contextWith(terminal);
    tellAnswer(answer, format, context);
    expect(terminal.outs).toEqual(outs);
    expect(terminal.notes).toEqual(notes);
    expect(context.exitCode).toBe(code);
  },
);
