/** The exit codes of `forseti`. Scripts rely on them. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  rejected: 3,
  rolledBack: 4,
  dirty: 5,
  inProgress: 6,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code for an execution's outcome. @param error the error's name in the execution's cause. */
export const exitCodeOf = (outcome: string, error?: string): ExitCode => {
  switch (outcome) {
    case 'Deployed':
      return exitCodes.done;
    case 'Rejected':
      return error === 'DeploymentInProgress' ? exitCodes.inProgress : exitCodes.rejected;
    // Nothing was changed either.
    case 'Superseded':
      return exitCodes.rejected;
    case 'RolledBack':
      return exitCodes.rolledBack;
    case 'Dirty':
      return exitCodes.dirty;
    default:
      return exitCodes.unexpected;
  }
};

/** The exit code that shells expect of an interrupted command: 128 plus the number of SIGINT. */
export const interruptedExitCode = 130;
