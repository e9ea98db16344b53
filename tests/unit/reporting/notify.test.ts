import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { applicationSchema } from '../../../lib/application/schema';
import type { End } from '../../../lib/deployment/close';
import type { DeploymentRecord } from '../../../lib/deployment/record';
import { notify, textOf } from '../../../lib/reporting/notify';
import { environment } from '../support/tables';

const acceptedAt = Date.UTC(2026, 10, 22, 8);
const record: DeploymentRecord = {
  deployment: 'api-v2-0123456789ab',
  item: 'record',
  application: 'api',
  version: 'v2',
  strategy: 'deploy-and-snapshot',
  rollout: 'none',
  extraVars: { password: 'not to be told' },
  reason: 'git tag v2',
  requestedBy: 'ada',
  execution: 'arn:execution',
  group: 'api-production',
  settings: applicationSchema.parse({
    group: 'api-production',
    provisioning: { source: { s3: 's3://tickets-ansible/playbooks.tar.gz' } },
  }),
  settingsVersion: 1,
  acceptedAt,
};
const end: End = {
  outcome: 'Dirty',
  error: 'ProvisionFailed',
  message: 'Provisioning failed on i-1',
  problems: ['Provisioning failed on i-1'],
  left: [
    {
      kind: 'group-size',
      target: 'api MinSize',
      note: 'MinSize is 1, it was 2',
      mend: 'aws autoscaling update',
    },
  ],
  foreign: [{ kind: 'alarm', target: 'cpu', note: 'Alarm cpu was changed' }],
};
const ended = (outcome: End['outcome']) =>
  ({
    kind: 'ended',
    deployment: record.deployment,
    record,
    end: { ...end, outcome },
    at: acceptedAt + 90_000,
  }) as const;

test('the start tells what, where, how, who and why', () => {
  const { subject, message } = textOf({ kind: 'started', record });
  expect(subject).toBe('Forseti: deploying api v2');
  expect(message).toMatch(/to api-production \(deploy-and-snapshot, rollout none\), requested by ada/);
  expect(message).toMatch(/Reason: git tag v2/);
});

test('the end tells how, after how long, what is left and how to mend it, and what was foreign', () => {
  const { subject, message } = textOf(ended('Dirty'));
  expect(subject).toBe('Forseti: api v2 Dirty');
  expect(message).toMatch(/api v2: Dirty after 2 minutes\./);
  expect(message).toMatch(/Left: MinSize is 1, it was 2\n {2}mend it with: aws autoscaling update/);
  expect(message).toMatch(/Changed by somebody else meanwhile and left alone: Alarm cpu was changed/);
});

test('variables are not told: somebody may have put a secret there', () => {
  expect(JSON.stringify([textOf({ kind: 'started', record }), textOf(ended('Dirty'))])).not.toContain(
    'not to be told',
  );
});

test('a subject is plain ASCII and short, as SNS takes it', () => {
  const { subject } = textOf({ kind: 'started', record: { ...record, application: 'ä'.repeat(200) } });
  expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

describe('where it goes', () => {
  const sns = mockClient(SNSClient);
  beforeEach(() => {
    sns.reset();
    sns.on(PublishCommand).resolves({});
  });
  const topics = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input.TopicArn);

  test.each(['Deployed', 'Rejected', 'RolledBack', 'Superseded'] as const)(
    '%s goes to the notifications alone',
    async (outcome) => {
      await notify(new SNSClient({}), environment, ended(outcome));
      expect(topics()).toEqual([environment.topics.notifications]);
    },
  );

  test('Dirty pages too', async () => {
    await notify(new SNSClient({}), environment, ended('Dirty'));
    expect(topics()).toEqual([environment.topics.notifications, environment.topics.paging]);
  });

  test("an application's own topics go before the stack's", async () => {
    const own = { topicArn: 'arn:aws:sns:own', pagingTopicArn: 'arn:aws:sns:page' };
    const settings = { ...record.settings, notifications: own };
    await notify(new SNSClient({}), environment, { ...ended('Dirty'), record: { ...record, settings } });
    expect(topics()).toEqual([own.topicArn, own.pagingTopicArn]);
  });

  describe("where an application's own topic refuses", () => {
    const own = 'arn:aws:sns:gone';
    const settings = { ...record.settings, notifications: { topicArn: own } };
    const notice = { ...ended('RolledBack'), record: { ...record, settings } };
    const refuse = (name: string) =>
      sns.on(PublishCommand, { TopicArn: own }).rejects(Object.assign(new Error('no'), { name }));

    test("the stack's is told, and that", async () => {
      refuse('NotFoundException');
      await notify(new SNSClient({}), environment, notice);
      expect(topics()).toEqual([own, environment.topics.notifications]);
      expect(sns.commandCalls(PublishCommand)[1]?.args[0].input.Message).toMatch(
        /^Topic arn:aws:sns:gone of the settings refused this: NotFoundException: no\n\napi v2: RolledBack/,
      );
    });

    test('passing trouble is tried again by the machine', async () => {
      refuse('ThrottledException');
      await expect(notify(new SNSClient({}), environment, notice)).rejects.toThrow('no');
      expect(topics()).toEqual([own]);
    });
  });

  test('a request that had no record is told by the stack', async () => {
    await notify(new SNSClient({}), environment, { ...ended('Rejected'), record: undefined });
    expect(topics()).toEqual([environment.topics.notifications]);
  });
});
