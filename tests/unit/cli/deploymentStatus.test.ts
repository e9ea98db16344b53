import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { storesOf } from '../../../cli/queries/deployments';
import { deploymentStatusesOf } from '../../../cli/queries/deploymentStatus';
import type { LockItem } from '../../../lib/engine/lockItem';
import type { DeploymentRecord } from '../../../lib/engine/record';
import { cloudWithTables } from '../support/tables';
import { recordOf, sessionWith } from './support';

const sfn = mockClient(SFNClient);
const at = Date.UTC(2026, 10, 22, 7);
const end = { outcome: 'Rejected', error: 'PreflightFailed', message: '', left: [], foreign: [] } as const;

const statuses = async (
  records: readonly DeploymentRecord[],
  lock: Partial<LockItem> = {},
  steps: readonly [deployment: string, state: string, progress: string][] = [],
) => {
  const { cloud, dynamodb } = cloudWithTables();
  const session = sessionWith({ clients: [dynamodb] });
  const stores = storesOf(session);
  return cloud.run(async () => {
    for (const record of records) await stores.records.create(record);
    for (const [deployment, state, progress] of steps)
      await stores.records.setStep(deployment, state, { startedAt: at, progress });
    return deploymentStatusesOf(session, 'api', { fleet: 'api', fence: 1, ...lock }, stores);
  });
};

const ended = (deployment: string, more: Partial<DeploymentRecord>): DeploymentRecord =>
  recordOf(deployment, { closedAt: at + 60_000, ...more });

beforeEach(() => {
  sfn.reset();
  sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
});

test('Before the first deployment there is no status', async () => {
  expect(await statuses([])).toEqual({ waiting: [] });
});

test('The deployment that holds the lock comes first; those that wait for it are listed beside it', async () => {
  const running = recordOf('api-v2-1', { reason: 'Friday' });
  const queued = recordOf('api-v3-1', { version: 'v3', acceptedAt: at + 1_000 });
  const told = await statuses(
    [running, queued],
    {
      owner: running.execution,
      deployment: 'api-v2-1',
      halt: { by: 'ada', reason: 'wrong tag' },
    },
    [['api-v2-1', 'BakeImage', 'ami-1 pending']],
  );
  expect(told.deployment).toMatchObject({
    deployment: 'api-v2-1',
    step: 'BakeImage',
    progress: 'ami-1 pending',
    reason: 'Friday',
    halted: { by: 'ada', reason: 'wrong tag' },
  });
  expect(told.waiting.map(({ deployment }) => deployment)).toEqual(['api-v3-1']);
  expect(told.waiting[0]).not.toHaveProperty('halted');
});

test('A deployment that waits for approval shows the command; a stopped one does not', async () => {
  const records = [recordOf('api-v2-1')];
  const steps: [string, string, string][] = [['api-v2-1', 'Approval', '25 % replaced']];
  expect((await statuses(records, {}, steps)).deployment).toMatchObject({
    approveWith: 'forseti approve api-v2-1',
  });
  sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: new Date(at) });
  const { deployment } = await statuses(records, {}, steps);
  expect(deployment).toMatchObject({ stopped: 'to be mended' });
  expect(deployment).not.toHaveProperty('approveWith');
});

test('A stopped execution is being repaired while Mend works on it', async () => {
  const mendedBy = 'arn:aws:states:eu-west-1:111122223333:execution:forseti-test-mend:m';
  const record = recordOf('api-v2-1', { mendedBy });
  sfn
    .on(DescribeExecutionCommand, { executionArn: record.execution })
    .resolves({ status: 'ABORTED', stopDate: new Date(at) });
  expect((await statuses([record])).deployment).toMatchObject({ stopped: 'being mended' });
});

test('A refused request does not hide the deployment that changed the fleet last', async () => {
  const good = ended('api-v1-1', {
    outcome: 'Deployed',
    end: { ...end, outcome: 'Deployed', error: 'None', problems: [] },
  });
  const refused = ended('api-v2-1', {
    outcome: 'Rejected',
    end: { ...end, problems: ['One zone only.'] },
    acceptedAt: at + 1,
  });
  const told = await statuses([good, refused]);
  expect(told.deployment).toMatchObject({ error: 'PreflightFailed', problems: ['One zone only.'] });
  expect(told.before).toMatchObject({ deployment: 'api-v1-1', outcome: 'Deployed' });
  expect(told.before).not.toHaveProperty('error');
});

test('A failed deployment with a retained image shows until when, and the command that uses it', async () => {
  const spare = ended('api-v2-1', {
    outcome: 'RolledBack',
    due: 'spare',
    spareUntil: at + 72_000_000,
    handedTo: { deployment: 'api-rollback-1', owner: 'e' },
    end: { ...end, outcome: 'RolledBack', problems: [] },
  });
  expect((await statuses([spare])).deployment).toMatchObject({
    resumeWith: 'forseti resume-from api-v2-1',
    resumeUntil: at + 72_000_000,
    handedTo: 'api-rollback-1',
  });
});
