import { declaredIn, parameterProblems } from '../../../lib/provisioning/declaredParameters';

const declared = declaredIn(
  JSON.stringify({
    schemaVersion: '2.2',
    parameters: {
      commands: { type: 'StringList', minItems: 1, maxItems: 2, description: '(Required) What is run.' },
      mode: { type: 'String', default: 'fast', allowedValues: ['fast', 'slow'] },
      path: { type: 'String', default: '', allowedPattern: '^(/[a-z]+)?$', maxChars: 8, minChars: 2 },
      count: { type: 'Integer', default: 1 },
      dry: { type: 'Boolean', default: false },
      info: { type: 'StringMap', default: {} },
      odd: { type: 'String', default: '', allowedPattern: '(?<x' },
      note: { type: 'String', description: '(Optional) Anything.' },
    },
  }),
);

test.each<[string, Record<string, string[]>, RegExp[]]>([
  [
    'nothing of what fits',
    { commands: ['a'], mode: ['slow'], path: ['/opt'], count: ['3'], dry: ['true'] },
    [],
  ],
  [
    'a misspelt name',
    { command: ['a'], commands: ['a'] },
    [/takes no parameter command; did you mean commands\?/],
  ],
  [
    'a name that is like none',
    { commands: ['a'], zzz: ['a'] },
    [/takes no parameter zzz; it takes commands, mode/],
  ],
  ['an inherited name', { commands: ['a'], constructor: ['a'] }, [/takes no parameter constructor/]],
  ['one that is missing', {}, [/parameter commands is missing/]],
  [
    'a value that is not allowed',
    { commands: ['a'], mode: ['medium'] },
    [/mode would be "medium"; expected one of fast, slow/],
  ],
  [
    'a value off the pattern',
    { commands: ['a'], path: ['opt'] },
    [/path would be "opt"; expected what matches \^\(/],
  ],
  ['too many characters', { commands: ['a'], path: ['/abcdefgh'] }, [/at most 8 characters/]],
  [
    'two values for one',
    { commands: ['a'], mode: ['fast', 'slow'] },
    [/mode is given 2 values; expected one/],
  ],
  ['too many items', { commands: ['a', 'b', 'c'] }, [/commands is given 3 values; expected at most 2/]],
  ['an empty list', { commands: [] }, [/at least 1/]],
  ['no number', { commands: ['a'], count: ['x'] }, [/a whole number/]],
  ['no truth', { commands: ['a'], dry: ['yes'] }, [/true or false/]],
  ['no object', { commands: ['a'], info: ['[]'] }, [/an object as JSON/]],
  ['nothing where the pattern is not for this engine', { commands: ['a'], odd: ['x'] }, []],
  ['all at once', { mode: ['x'], zzz: ['a'] }, [/zzz/, /commands is missing/, /mode would be/]],
])('It finds %s', (_, given, words) => {
  const problems = parameterProblems(declared, given);
  expect(problems).toHaveLength(words.length);
  words.forEach((word, index) => {
    expect(problems[index]).toMatch(word);
  });
});

test('A document without parameters takes none', () => {
  expect(parameterProblems(declaredIn('{}'), { a: ['b'] })).toEqual([
    'It takes no parameter a; it takes none.',
  ]);
});
