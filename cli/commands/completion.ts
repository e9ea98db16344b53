import { Argument, type Command } from 'commander';
import { completionScript, type Shell, shells } from '../terminal/completion';
import type { Context } from '../session/context';

export const addCompletion = (program: Command, context: Context): void => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell that sources it').choices(shells))
    .description('print a script that completes commands and options in a shell')
    .addHelpText(
      'after',
      `
Examples:
  forseti completion bash > ~/.local/share/bash-completion/completions/forseti
  forseti completion zsh > "\${fpath[1]}/_forseti"
  forseti completion fish > ~/.config/fish/completions/forseti.fish`,
    )
    .action((shell: Shell) => {
      context.terminal.out(completionScript(program, shell));
    });
};
