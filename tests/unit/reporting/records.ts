import { applicationSchema } from '../../../lib/application/schema';
import type { End } from '../../../lib/engine/outcome';
import type { DeploymentRecord } from '../../../lib/engine/record';
import type { Notice } from '../../../lib/reporting/notice';

export const acceptedAt = Date.UTC(2026, 10, 22, 8);

/** None of these may be in a message. */
export const secrets = {
  password: 'correct horse battery',
  api_key: '1234abcd',
  certificate: 'MIICdjCCAd+gAwIBAgIBATANBgkq',
};
export const secureStrings = { database_password: '/shop/database-password', token: '/shop/git-token' };

export const record: DeploymentRecord = {
  deployment: 'api-v2-0123456789ab',
  item: 'record',
  kind: 'deployment',
  application: 'api',
  version: 'v2',
  strategy: 'deploy-and-snapshot',
  rollout: 'none',
  extraVars: { ...secrets, workers: 8 },
  reason: 'git tag v2',
  requestedBy: 'ada',
  execution: 'arn:aws:states:eu-west-1:111122223333:execution:forseti-test-deploy:api-v2-0123456789ab',
  group: 'api-production',
  settings: applicationSchema.parse({
    group: 'api-production',
    provisioning: {
      source: { git: 'https://git.example.com/acme.git', tokenParameter: secureStrings.token },
      extraVars: { smtp_password: 'hunter22' },
      secrets: { database_password: secureStrings.database_password },
    },
  }),
  settingsVersion: 1,
  acceptedAt,
};

export const rollback: DeploymentRecord = {
  ...record,
  deployment: 'api-rollback-1',
  kind: 'rollback',
  version: 'v1',
  rollout: 'instance-refresh',
};

export const dirty: End = {
  outcome: 'Dirty',
  error: 'ProvisionFailed',
  message: 'Provisioning failed on i-1',
  problems: ['Provisioning failed on i-1'],
  left: [
    {
      kind: 'group-size',
      target: 'api MinSize',
      note: 'MinSize is 1, it was 2',
      mend: 'aws autoscaling update-auto-scaling-group --auto-scaling-group-name api-production --min-size 2',
    },
  ],
  foreign: [{ kind: 'alarm', target: 'cpu', note: 'Alarm cpu was changed' }],
};
export const well: End = {
  outcome: 'Deployed',
  error: 'None',
  message: '',
  problems: [],
  left: [],
  foreign: [],
};

export const endedAs = (
  outcome: End['outcome'],
  more: Partial<End> = {},
  of: DeploymentRecord | undefined = record,
): Extract<Notice, { kind: 'ended' }> => ({
  kind: 'ended',
  deployment: of?.deployment ?? record.deployment,
  record: of,
  end: { ...(outcome === 'Deployed' ? well : dirty), ...more, outcome },
  at: acceptedAt + 90_000,
});

const alarm = {
  application: 'api',
  alarm: 'api-5xx',
  settings: record.settings,
  deployment: record.deployment,
};

/** One notice of each kind, by its name in the tests. */
export const notices: Readonly<Record<string, Notice>> = {
  start: { kind: 'started', record: { ...record, despiteFreeze: 'tickets cannot be paid' } },
  image: { kind: 'image', record, image: 'ami-00000000000000002' },
  approval: { kind: 'approval', record, percentage: 25, replaced: 1, of: 4, until: acceptedAt + 86_400_000 },
  'tags refused': {
    kind: 'tags-refused',
    tags: [
      {
        at: acceptedAt,
        repository: 'acme/api',
        tag: 'nightly',
        commit: '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7',
        pushedBy: 'dana@example.com',
        reason: 'The tag nightly of acme/api matches no application; known are api (^v[0-9]).',
        command: 'forseti deploy api nightly',
      },
    ],
  },
  waiting: {
    kind: 'waiting',
    record,
    waitsFor: 'api-v1-9876543210ab',
    until: acceptedAt + 86_400_000,
  },
  halt: { kind: 'halted', record, by: 'bob', reason: 'wrong tag' },
  stall: {
    kind: 'stalled',
    record,
    state: 'Rollout',
    since: acceptedAt + 12 * 60_000,
    until: acceptedAt + 4 * 3_600_000,
    at: acceptedAt + 22 * 60_000,
    progress: '0 of 4 instances',
    reason: 'target group api: Target.FailedHealthChecks: Health checks failed.',
  },
  Deployed: endedAs('Deployed'),
  Rejected: endedAs('Rejected', { left: [], foreign: [], error: 'PreflightFailed' }),
  RolledBack: endedAs(
    'RolledBack',
    { left: [], foreign: [] },
    { ...record, bakedImage: 'ami-00000000000000002' },
  ),
  Dirty: endedAs('Dirty'),
  Superseded: endedAs('Superseded', { left: [], foreign: [], error: 'Superseded' }),
  'rollback begun': {
    kind: 'started',
    record: { ...rollback, alarm: { name: 'api-5xx', changedAt: acceptedAt }, requestedBy: 'alarm' },
  },
  'rollback done': endedAs('RolledBack', well, rollback),
  'rollback failed': endedAs('Rejected', { left: [], foreign: [], error: 'NoGoodRelease' }, rollback),
  'release marked bad': { kind: 'release-bad', version: 'v2', then: 'Rolling back to v1.', ...alarm },
  'alarm ignored': { kind: 'alarm-ignored', why: 'v2 was rolled back already.', ...alarm },
  'copy failed': {
    kind: 'copy-failed',
    application: 'api',
    settings: record.settings,
    version: 'v2',
    deployment: record.deployment,
    image: 'ami-00000000000000002',
    region: 'eu-central-1',
    problem: 'ServiceUnavailable: The region does not answer.',
  },
  instance: {
    kind: 'instance',
    application: 'api',
    settings: record.settings,
    instance: 'i-00000000000000001',
    what: 'EC2 has scheduled instance-retirement',
    notBefore: acceptedAt,
  },
  drift: {
    kind: 'drift',
    application: 'api',
    settings: record.settings,
    found: [
      {
        what: 'scaling policy forseti-cpu is missing',
        mend: 'aws autoscaling put-scaling-policy',
        seenAt: acceptedAt,
        who: 'DeletePolicy by dana',
      },
    ],
    mended: [],
    left: 1,
  },
  'drift mended': {
    kind: 'drift',
    application: 'api',
    found: [],
    mended: [{ what: 'scaling policy forseti-cpu is missing', seenAt: acceptedAt }],
    left: 0,
  },
  'replacement stalled': {
    kind: 'replacement-stalled',
    application: 'api',
    settings: record.settings,
    instance: 'i-00000000000000001',
    since: acceptedAt,
    message: '3 of 4 instances of api-production serve.',
  },
  freeze: { kind: 'frozen', application: 'api', by: 'ada', reason: 'on-sale day', until: acceptedAt },
  'freeze of all': { kind: 'frozen', application: '*', by: 'ada', reason: 'audit' },
  unfreeze: { kind: 'unfrozen', application: 'api', by: 'ada', reason: 'over' },
};
