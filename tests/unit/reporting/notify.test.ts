import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { Cloud, makeSns } from '@forseti/embedded-cloud';
import type { Card } from '../../../lib/reporting/card';
import { notify, textOf } from '../../../lib/reporting/notify';
import { environment } from '../support/tables';
import { endedAs as ended, notices, record } from './records';

const bus = mockClient(EventBridgeClient);
const channels = { sns: new SNSClient({}), eventBridge: new EventBridgeClient({}) };
beforeEach(() => {
  bus.reset();
  bus.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
});

test('A subject is plain ASCII and short, as SNS requires', () => {
  const { subject } = textOf({ kind: 'started', record: { ...record, application: 'ä'.repeat(200) } });
  expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

describe('The topics of a notice', () => {
  const sns = mockClient(SNSClient);
  beforeEach(() => {
    sns.reset();
    sns.on(PublishCommand).resolves({});
  });
  const topics = () => sns.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input.TopicArn);
  const bodies = () =>
    sns
      .commandCalls(PublishCommand)
      .map(({ args: [{ input }] }) => JSON.parse(input.Message ?? '') as Record<string, string>);

  test.each(['Deployed', 'Rejected', 'RolledBack', 'Superseded'] as const)(
    'An end as %s goes to the notifications alone',
    async (outcome) => {
      await notify(channels, environment, ended(outcome));
      expect(topics()).toEqual([environment.topics.notifications]);
    },
  );

  test('An end as Dirty pages too', async () => {
    await notify(channels, environment, ended('Dirty'));
    expect(topics()).toEqual([environment.topics.notifications, environment.topics.paging]);
  });

  test("An application's own topics take precedence over the stack's", async () => {
    const own = { topicArn: 'arn:aws:sns:own', pagingTopicArn: 'arn:aws:sns:page' };
    const settings = { ...record.settings, notifications: { ...record.settings.notifications, ...own } };
    await notify(channels, environment, { ...ended('Dirty'), record: { ...record, settings } });
    expect(topics()).toEqual([own.topicArn, own.pagingTopicArn]);
  });

  describe("An application's own topic that refuses", () => {
    const own = 'arn:aws:sns:gone';
    const settings = {
      ...record.settings,
      notifications: { ...record.settings.notifications, topicArn: own },
    };
    const notice = { ...ended('RolledBack'), record: { ...record, settings } };
    const refuse = (name: string) =>
      sns.on(PublishCommand, { TopicArn: own }).rejects(Object.assign(new Error('no'), { name }));

    test("The stack's topic gets the notice, and the error", async () => {
      refuse('NotFoundException');
      await notify(channels, environment, notice);
      expect(topics()).toEqual([own, environment.topics.notifications]);
      expect(bodies()[1]?.default).toMatch(
        /^Topic arn:aws:sns:gone of the settings refused this: NotFoundException: no\n\napi v2: RolledBack/,
      );
    });

    test('A transient error is tried again by the machine', async () => {
      refuse('ThrottledException');
      await expect(notify(channels, environment, notice)).rejects.toThrow('no');
      expect(topics()).toEqual([own]);
    });
  });

  test("The stack's topics get the notice of a request that had no record", async () => {
    await notify(channels, environment, { ...ended('Rejected'), record: undefined });
    expect(topics()).toEqual([environment.topics.notifications]);
  });

  test('An alarm that a person has to act on pages, and one that means nothing does not', async () => {
    await notify(channels, environment, { ...notices['alarm ignored'], page: true } as never);
    await notify(channels, environment, notices['alarm ignored'] as never);
    const { notifications, paging } = environment.topics;
    expect(topics()).toEqual([notifications, paging, notifications]);
  });

  test('A chat gets the card, a mail the text', async () => {
    await notify(channels, environment, ended('Dirty'));
    const [body] = bodies();
    expect(body?.default).toBe(textOf(ended('Dirty')).message);
    expect((JSON.parse(body?.https ?? '') as Card).metadata).toMatchObject({
      threadId: record.deployment,
      eventType: 'DeploymentDirty',
    });
    expect(body?.sqs).toBe(body?.https);
    expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.MessageStructure).toBe('json');
  });
});

describe('The limits of SNS', () => {
  const long = `${'"\\'.repeat(20_000)}${'\n\u0007語\ud83d'.repeat(20_000)}`;
  const left = Array.from({ length: 40 }, () => ({ kind: 'x', target: 'x', note: long, mend: long }));

  test.each([
    ['every cause far too long', ended('Dirty', { message: long, problems: [long], left })],
    [
      'many lines of three bytes a character',
      ended('Dirty', { message: `${'語'.repeat(1_900)}\n`.repeat(99), left: [] }),
    ],
    ['an end', ended('Deployed')],
  ])('The message stays within the limits: %s', async (_, notice) => {
    const cloud = Cloud.make({ services: { sns: makeSns }, account: '111122223333' });
    const local = cloud.region(cloud.home).service('sns');
    local.createTopic('forseti-test-notifications');
    local.createTopic('forseti-test-paging');
    const client = new SNSClient({});
    jest
      .spyOn(client, 'send')
      .mockImplementation(((command: PublishCommand) =>
        cloud.answer(cloud.home, cloud.person(), 'sns', 'Publish', command.input)) as never);
    await cloud.run(() => notify({ ...channels, sns: client }, environment, notice));
    expect(local.state.published.length).toBeGreaterThan(0);
    for (const { byProtocol } of local.state.published)
      expect(JSON.parse(byProtocol?.https ?? '')).toMatchObject({ version: '1.0', source: 'custom' });
  });
});

describe('The event bus', () => {
  const sns = mockClient(SNSClient);
  beforeEach(() => {
    sns.reset();
    sns.on(PublishCommand).resolves({});
  });
  const told = () => notify(channels, environment, ended('Deployed'));
  const refuse = (ErrorCode: string) =>
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'no' }] });
  const silenced = () => jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);

  test('The bus gets each notice once, beside the topics', async () => {
    await told();
    const [entry] = bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(entry).toMatchObject({ Source: 'forseti.deployments', DetailType: 'Deployment Ended' });
    expect(bus.commandCalls(PutEventsCommand)).toHaveLength(1);
    expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
  });

  test.each(['ThrottlingException', 'InternalFailure'])(
    'An entry that was not taken because of %s is tried again by the machine, although the call succeeded',
    async (code) => {
      refuse(code);
      await expect(told()).rejects.toMatchObject({
        name: 'TransientError',
        message: `PutEvents: ${code}: no`,
      });
    },
  );

  test.each([
    ['an entry that is refused for good', () => refuse('NotAuthorizedForSourceException')],
    [
      'a call that is refused for good',
      () =>
        bus.on(PutEventsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' })),
    ],
  ])('The error is logged, and the topics get the notice all the same: %s', async (_, arrange) => {
    const log = silenced();
    arrange();
    await told();
    expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
    expect(JSON.stringify(log.mock.calls)).toMatch(/Deployment Ended.* could not be put on the bus/);
    log.mockRestore();
  });
});
