import { nearest } from './nearest';

/** One problem in a settings file. */
export interface Problem {
  /** Where in the document: `applications.api.rollout.minHealthyPercentage`; empty for the whole. */
  readonly path: string;
  /** Both count from 1; 0 if the settings did not come from a file. */
  readonly line: number;
  readonly column: number;
  /** What was found, what was expected, what to do. */
  readonly message: string;
}

const place = (fileName: string, { line, column }: Problem): string =>
  line > 0 ? `${fileName}:${String(line)}:${String(column)}` : fileName;

/** The settings are not valid. Lists all problems. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';

  constructor(
    readonly fileName: string,
    readonly problems: readonly Problem[],
  ) {
    const many = problems.length === 1 ? 'a mistake' : `${String(problems.length)} mistakes`;
    const lines = problems.map((problem) =>
      [place(fileName, problem), problem.path, problem.message].filter((part) => part !== '').join('  '),
    );
    super(`${fileName} has ${many}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}

/** Parameter Store has no settings of that application. */
export class UnknownApplication extends Error {
  override readonly name = 'UnknownApplication';

  constructor(
    readonly application: string,
    readonly known: readonly string[],
  ) {
    const meant = nearest(application, known);
    super(
      `There is no application "${application}"${meant === undefined ? '. ' : `; did you mean "${meant}"? `}` +
        (known.length > 0
          ? `Known are: ${known.join(', ')}. `
          : 'None is known yet: nobody has applied a settings file. ') +
        'Check the name, or add it to forseti.yml and run "forseti apply"; "forseti init" does it for a fleet that runs.',
    );
  }
}
