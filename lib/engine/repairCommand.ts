/**
 * Commands of the AWS CLI for a person to paste into a POSIX shell. Values come only from what is recorded or from a
 * query that the shell runs first, so no command holds a placeholder for something unknown.
 */

declare const isRecorded: unique symbol;
declare const isWord: unique symbol;
declare const isCommand: unique symbol;

/**
 * A value that was read from the journal or the record. Its type marks every text in it, so `recorded.id ?? 'ID'` does
 * not compile where a recorded text is required.
 */
export type Recorded<Value> = Value extends string
  ? Value & { readonly [isRecorded]: true }
  : Value extends object
    ? { [Key in keyof Value]: Recorded<Value[Key]> }
    : Value;

/** One quoted shell argument, or a substitution that the shell expands to one or more arguments. */
export type Word = string & { readonly [isWord]: true };
export type RepairCommand = string & { readonly [isCommand]: true };

// The three marks exist only for the compiler. They are given only here.
export const recorded = <Value>(value: Value): Recorded<Value> => value as Recorded<Value>;
const wordOf = (text: string): Word => text as Word;
const commandOf = (text: string): RepairCommand => text as RepairCommand;

/** A text that is derived from recorded values, such as a name. */
export const derived = <From>(from: From, text: (from: From) => string): Recorded<string> =>
  recorded(text(from));

const quoted = (text: string): Word =>
  wordOf(/^[A-Za-z0-9_./:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const data = (value: Recorded<string> | number): Word => quoted(String(value));
export const json = (value: object): Word => quoted(JSON.stringify(value));

/** Texts that the shorthand of the AWS CLI (`Key=...,Value=...`) takes without quotes of its own. */
const isPlain = (text: string): boolean => /^[A-Za-z0-9_./:-]+( [A-Za-z0-9_./:-]+)*$/.test(text);

/** Structures of texts, in the CLI's shorthand if it can express them, otherwise as JSON. */
export const structures = (
  list: readonly Readonly<Record<string, string | readonly string[]>>[],
): readonly Word[] =>
  list.every((entry) => Object.values(entry).flat().every(isPlain))
    ? list.map((entry) =>
        quoted(
          Object.entries(entry)
            .map(([key, value]) => `${key}=${[value].flat().join(',')}`)
            .join(','),
        ),
      )
    : [json(list)];

/** Filters of EC2: name to value. */
export const filters = (
  values: Readonly<Record<string, Recorded<string> | readonly string[]>>,
): readonly Word[] =>
  structures(Object.entries(values).map(([Name, value]) => ({ Name, Values: [value].flat() })));

/** Where a command has to run. */
export interface CommandPlace {
  readonly region: Recorded<string>;
}

/** An option's arguments; `true` for one that takes none. */
export type Options = Readonly<Record<`--${string}`, Word | readonly Word[] | true>>;

/** @param operation service and operation: `ec2 terminate-instances`. */
export const aws = (
  { region }: CommandPlace,
  operation: `${string} ${string}`,
  options: Options,
): RepairCommand => {
  const all: Options = { ...options, '--region': data(region) };
  const words = Object.entries(all).map(([option, value]) =>
    value === true ? option : [option, value].flat().join(' '),
  );
  return commandOf(['aws', operation, ...words].join(' '));
};

/** A JMESPath expression; recorded values become literals in it. */
export const jmespath = (fixed: TemplateStringsArray, ...values: readonly Recorded<string>[]): Word => {
  const literals = values.map((value) => `\`${JSON.stringify(value).replaceAll('`', '\\`')}\``);
  return quoted(String.raw({ raw: fixed }, ...literals));
};

/** All results of a query, one argument each. If it finds nothing, the CLI refuses the command around it. */
export const found = (
  place: CommandPlace,
  operation: `${string} ${string}`,
  options: Options,
  query: Word,
): Word =>
  wordOf(`$(${aws(place, operation, { ...options, '--query': query, '--output': wordOf('text') })})`);

/** The results of a query as one argument. */
export const foundOne = (...query: Parameters<typeof found>): Word => wordOf(`"${found(...query)}"`);

/** The number that a query finds, plus one. */
export const foundPlusOne = (...query: Parameters<typeof found>): Word =>
  wordOf(`"$((${found(...query)} + 1))"`);

/** Each command runs only if the one before it has succeeded. */
export const inTurn = (first: RepairCommand, ...others: readonly RepairCommand[]): RepairCommand =>
  commandOf([first, ...others].join(' && '));

/** The first command may fail. The second is tried every 15 seconds until AWS takes it. */
export const onceOver = (first: RepairCommand, second: RepairCommand): RepairCommand =>
  commandOf(`${first}; until ${second}; do sleep 15; done`);
