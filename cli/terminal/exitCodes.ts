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

/** A command was used wrongly, or was given something that cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A request was refused before anything was started. */
export class RefusedEarly extends Error {
  override readonly name = 'RefusedEarly';
}

/** Somebody pressed Ctrl-C; what was started goes on. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** It goes on when somebody has said so; who holds the embedded cloud cannot wait for anybody else. */
export class WaitsForSomebody extends Error {
  override readonly name = 'WaitsForSomebody';
}

/** What shells expect of a command that was interrupted. */
export const interruptedExitCode = 130;
