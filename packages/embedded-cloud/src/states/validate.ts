import { isKnownComparison } from './choice';
import type { ChoiceTest, Definition, State } from './definition';
import { checkIntrinsic } from './intrinsic';
import { isModelled } from './lambdaTask';
import { parsePath } from './path';

/**
 * The properties that each type of state may have here. `HeartbeatSeconds`, `Assign` and those of JSONata are not
 * modelled.
 */
const always = ['Type', 'Comment', 'QueryLanguage'];
const data = [...always, 'InputPath', 'OutputPath'];
const onward = ['Next', 'End'];
const members: Readonly<Record<State['Type'], readonly string[]>> = {
  Task: [
    ...data,
    ...onward,
    'Resource',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'Retry',
    'Catch',
  ],
  Pass: [...data, ...onward, 'Result', 'Parameters', 'ResultPath'],
  Choice: [...data, 'Choices', 'Default'],
  Wait: [...data, ...onward, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Succeed: data,
  Fail: [...always, 'Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const retrierMembers = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];
const catcherMembers = ['ErrorEquals', 'Next', 'ResultPath'];
const machineMembers = ['Comment', 'QueryLanguage', 'Version', 'StartAt', 'TimeoutSeconds', 'States'];

type Members = Readonly<Record<string, unknown>>;

/** Until it is checked, a part of a definition may have any properties. */
const membersOf = (part: object): Members => part as Members;

const attempt = (work: () => unknown): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
};

const unknownMembers = (value: Members, known: readonly string[]): string[] =>
  Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${key} is not modelled`);

/** The Serverless Framework writes `JSONPath` into every state. */
const languageProblems = ({ QueryLanguage = 'JSONPath' }: Members): string[] =>
  QueryLanguage === 'JSONPath' ? [] : [`${String(QueryLanguage)} is not modelled`];

const pathProblems = (path: unknown): string[] =>
  path === null || path === undefined ? [] : attempt(() => parsePath((path as string).replace(/^\$\$/, '$')));

const templateProblems = (template: unknown): string[] => {
  if (Array.isArray(template)) return template.flatMap(templateProblems);
  if (template === null || typeof template !== 'object') return [];
  return Object.entries(template).flatMap(([key, value]) => {
    if (!key.endsWith('.$')) return templateProblems(value);
    const text = String(value);
    if (text.startsWith('$')) return pathProblems(text);
    return attempt(() => {
      for (const path of checkIntrinsic(text)) parsePath(path.replace(/^\$\$/, '$'));
    });
  });
};

const testProblems = (test: ChoiceTest): string[] => {
  const inner = [
    ...((test.And ?? test.Or ?? []) as ChoiceTest[]),
    ...(test.Not ? [test.Not as ChoiceTest] : []),
  ];
  if (inner.length > 0) return inner.flatMap(testProblems);
  if (!isKnownComparison(test)) return [`the comparison ${JSON.stringify(test)} is not modelled`];
  return pathProblems(test.Variable);
};

const successors = (state: State): string[] => {
  if (state.Type === 'Choice') {
    return [
      ...state.Choices.map(({ Next }) => Next),
      ...(state.Default === undefined ? [] : [state.Default]),
    ];
  }
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  return state.Type === 'Task' ? [...next, ...(state.Catch ?? []).map(({ Next }) => Next)] : next;
};

/** States.ALL must stand alone, in the last retrier or catcher (States Language specification). */
const orderProblems = (handlers: readonly { readonly ErrorEquals: readonly string[] }[]): string[] =>
  handlers.flatMap(({ ErrorEquals }, index) =>
    ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < handlers.length - 1)
      ? ['States.ALL must stand alone and last']
      : [],
  );

const taskProblems = (state: Extract<State, { Type: 'Task' }>): string[] => [
  ...(isModelled(state.Resource) ? [] : [`the resource ${state.Resource} is not modelled`]),
  ...(state.TimeoutSeconds !== undefined && state.TimeoutSecondsPath !== undefined
    ? ['TimeoutSeconds and TimeoutSecondsPath exclude each other']
    : []),
  ...(state.Retry ?? []).flatMap((retrier) => unknownMembers(membersOf(retrier), retrierMembers)),
  ...(state.Catch ?? []).flatMap((catcher) => [
    ...unknownMembers(membersOf(catcher), catcherMembers),
    ...pathProblems(catcher.ResultPath),
  ]),
  ...orderProblems(state.Retry ?? []),
  ...orderProblems(state.Catch ?? []),
];

const stateProblems = (state: State, names: ReadonlySet<string>): string[] => {
  const known = members[state.Type] as readonly string[] | undefined;
  if (!known) return [`the type ${String(state.Type)} is not modelled`];
  const fields = membersOf(state);
  const paths = Object.keys(fields).filter((key) => key.endsWith('Path'));
  const goesOn = ['Task', 'Pass', 'Wait'].includes(state.Type);
  return [
    ...unknownMembers(fields, known),
    ...languageProblems(fields),
    ...paths.flatMap((key) => pathProblems(fields[key])),
    ...templateProblems(fields.Parameters),
    ...templateProblems(fields.ResultSelector),
    ...(goesOn && (fields.Next === undefined) !== (fields.End === true) ? ['needs either Next or End'] : []),
    ...successors(state)
      .filter((name) => !names.has(name))
      .map((name) => `there is no state ${name}`),
    ...(state.Type === 'Task' ? taskProblems(state) : []),
    ...(state.Type === 'Choice' ? state.Choices.flatMap(testProblems) : []),
  ];
};

/** All parts of a definition that AWS would refuse or that are not modelled here. Empty if it can run. */
export const definitionProblems = (definition: Definition): string[] => {
  const names = new Set(Object.keys(definition.States));
  return [
    ...unknownMembers(membersOf(definition), machineMembers),
    ...languageProblems(membersOf(definition)),
    ...(names.has(definition.StartAt) ? [] : [`there is no state ${definition.StartAt}`]),
    ...Object.entries(definition.States).flatMap(([name, state]) =>
      stateProblems(state, names).map((problem) => `${name}: ${problem}`),
    ),
  ];
};
