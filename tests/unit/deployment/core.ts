import { type Core, makeCore } from '../../../lib/engine/core';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { cloudWithTables, environment } from '../support/tables';
import { now, recordOf } from '../compensation/fakeContext';

/** The stores on the embedded tables, with one record. `woken` notes the deployments whose steps were woken. */
export const withRecord = async (more: Partial<DeploymentRecord> = {}) => {
  const { cloud, dynamodb } = cloudWithTables();
  const core: Core = makeCore({ environment, clock: () => now, newId: () => 'id' }, dynamodb);
  const record = recordOf({ kind: 'deployment', due: 'open', ...more });
  const woken: string[] = [];
  const run = <T>(work: () => Promise<T>): Promise<T> => cloud.run(work);
  await run(() => core.records.create(record));
  return {
    core,
    dynamodb,
    record,
    run,
    woken,
    wake: (deployment: string) => {
      woken.push(deployment);
      return Promise.resolve();
    },
  };
};
