import { getLanguageService, TextDocument } from 'amazon-states-language-service';

const service = getLanguageService({});

/** What AWS's own language service, the validator of its console's and editors' toolkits, finds wrong: each with its line. */
export const findingsOf = async (definition: string): Promise<string[]> => {
  const document = TextDocument.create(
    'file:///machine.asl.json',
    'asl',
    1,
    JSON.stringify(JSON.parse(definition), null, 2),
  );
  const found = await service.doValidation(document, service.parseJSONDocument(document));
  return found.map(
    ({ range, message }) =>
      `${String(range.start.line + 1)}: ${typeof message === 'string' ? message : message.value}`,
  );
};

interface Broken {
  readonly broken: string;
  readonly expected: RegExp;
  readonly text: string;
}

type State = Readonly<Record<string, unknown>>;

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The given machine with one mistake of each kind. */
export const brokenForms = (definition: string): readonly Broken[] => {
  const machine = JSON.parse(definition) as Machine;
  const first = machine.States[machine.StartAt] ?? {};
  const withStates = (states: Readonly<Record<string, State>>, more: object = {}): string =>
    JSON.stringify({ ...machine, ...more, States: { ...machine.States, ...states } });
  return [
    {
      broken: 'its first state is not there',
      expected: /existing state/,
      text: withStates({}, { StartAt: 'NoSuchState' }),
    },
    {
      broken: 'a state leads to one that is not there',
      expected: /existing state/,
      text: withStates({ [machine.StartAt]: { Type: 'Pass', Next: 'NoSuchState' } }),
    },
    {
      broken: 'a state is never reached',
      expected: /cannot be reached/,
      text: withStates({ NeverReached: { Type: 'Succeed' } }),
    },
    {
      broken: 'a task has no resource',
      expected: /Missing property "Resource"/,
      text: withStates({ [machine.StartAt]: { ...first, Type: 'Task', Resource: undefined } }),
    },
  ];
};
