import type { RecordKind } from '../../lib/engine/outcome';

/** The name of an execution, which is also that of its deployment or rollback. */
export const nameOfExecution = (executionArn: string): string =>
  executionArn.slice(executionArn.lastIndexOf(':') + 1);

/** `deploy`, `rollback` or `mend`, of `arn:aws:states:REGION:ACCOUNT:execution:SERVICE-STAGE-MACHINE:NAME`. */
export const machineOf = (executionArn: string): string =>
  executionArn.split(':')[6]?.split('-').at(-1) ?? '';

/** The kind of record that an execution writes; it is a deployment's where the ARN is not known. */
export const kindOf = (executionArn: string | undefined): RecordKind =>
  machineOf(executionArn ?? '') === 'rollback' ? 'rollback' : 'deployment';
