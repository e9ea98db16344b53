/** What `forseti` exits with; a contract for scripts. */
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

/** The execution's end as an exit code. @param error the name of what the deployment failed with, as its cause tells. */
export const exitCodeOf = (outcome: string, error?: string): ExitCode => {
  switch (outcome) {
    case 'Deployed':
      return exitCodes.done;
    case 'Rejected':
      return error === 'DeploymentInProgress' ? exitCodes.inProgress : exitCodes.rejected;
    // Nothing was touched either.
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

/** What shells expect of a command that was interrupted. */
export const interruptedExitCode = 130;
