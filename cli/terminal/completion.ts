import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What may follow a command on a command line. */
export interface Choices {
  /** The command's words: `queue redrive`; empty for `forseti` itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly takesValue: boolean;
    readonly values: readonly string[];
  }[];
  /** The values of its arguments, where they are known. */
  readonly values: readonly string[];
}

const optionOf = ({ long, short, description, required, optional, argChoices = [] }: Option) => ({
  flag: long ?? short ?? '',
  description,
  takesValue: required || optional,
  values: argChoices,
});

const help = { flag: '--help', description: 'display help', takesValue: false, values: [] };

/** The choices of the program and of all its commands, read from their definitions. */
export const choicesOf = (command: Command, path: readonly string[] = []): Choices[] => [
  {
    path: path.join(' '),
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionOf), help],
    values: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  },
  ...command.commands.flatMap((one) => choicesOf(one, [...path, one.name()])),
];

const words = ({ commands, options, values }: Choices): string =>
  [...commands.map(({ name }) => name), ...values, ...options.map(({ flag }) => flag)].join(' ');

/** The values of options by `path flag`; empty if they are not known, so that the shell completes files. */
const valueCases = (choices: readonly Choices[]): { readonly at: string; readonly values: string }[] =>
  choices.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flag, values }) => ({ at: `${path} ${flag}`.trim(), values: values.join(' ') })),
  );

const cases = (list: readonly { readonly at: string; readonly values: string }[]): string =>
  list.map(({ at, values }) => `    '${at}') words='${values}' ;;`).join('\n');

const pathOf = (choices: readonly Choices[]): string =>
  choices
    .filter(({ path }) => path !== '')
    .map(({ path }) => `'${path}'`)
    .join('|');

/** The words that are commands make the path. Bash runs the script, and zsh through bashcompinit. */
const bash = (
  choices: readonly Choices[],
): string => `# forseti completion for bash; made by: forseti completion bash
_forseti() {
  local word path='' words='' current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in ${pathOf(choices)}) path="\${path:+$path }$word" ;; esac
  done
  case "\${path:+$path }$before" in
${cases(valueCases(choices))}
    *) case "$path" in
${cases(choices.map((one) => ({ at: one.path, values: words(one) })))}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _forseti forseti`;

const zsh = (choices: readonly Choices[]): string => `#compdef forseti
# forseti completion for zsh; made by: forseti completion zsh
autoload -U +X bashcompinit && bashcompinit
${bash(choices).split('\n').slice(1).join('\n')}`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const fishCondition = ({ path, commands }: Choices): string => {
  const seen = path.split(' ').filter((word) => word !== '');
  if (seen.length === 0) return '__fish_use_subcommand';
  const own = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
  const none = commands.map(({ name }) => name).join(' ');
  return [...own, ...(none === '' ? [] : [`not __fish_seen_subcommand_from ${none}`])].join('; and ');
};

const fishLines = (choices: Choices): string[] => {
  const when = `complete -c forseti -f -n ${quoted(fishCondition(choices))}`;
  return [
    ...choices.commands.map(
      ({ name, description }) => `${when} -a ${quoted(name)} -d ${quoted(description)}`,
    ),
    ...choices.values.map((value) => `${when} -a ${quoted(value)}`),
    ...choices.options.map(
      ({ flag, description, takesValue, values }) =>
        `${when} ${flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`} -d ${quoted(description)}` +
        (takesValue ? ` -x${values.length > 0 ? ` -a ${quoted(values.join(' '))}` : ''}` : ''),
    ),
  ];
};

const fish = (choices: readonly Choices[]): string =>
  ['# forseti completion for fish; made by: forseti completion fish', ...choices.flatMap(fishLines)].join(
    '\n',
  );

/** The script that a shell sources. It holds the commands and options of this version. */
export const completionScript = (program: Command, shell: Shell): string => {
  const choices = choicesOf(program);
  switch (shell) {
    case 'bash':
      return bash(choices);
    case 'zsh':
      return zsh(choices);
    case 'fish':
      return fish(choices);
  }
};
