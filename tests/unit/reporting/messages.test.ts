import { noticeMessage } from '../../../lib/reporting/messages';
import { textOf } from '../../../lib/reporting/notify';
import { acceptedAt, endedAs, notices, record, rollback } from './records';

const text = (name: string) => textOf(notices[name] as never);

describe('The messages of the notices', () => {
  test.each<[string, string, RegExp, readonly string[]]>([
    [
      'start',
      'Forseti: deploying api v2',
      /to api-production \(deploy-and-snapshot, rollout none\), requested by ada\.\nReason: git tag v2\nIn spite of a freeze: tickets cannot be paid/,
      ['forseti halt api --reason REASON', 'forseti status api'],
    ],
    [
      'image',
      'Forseti: api v2 has its image ami-00000000000000002',
      /is available\.\nInstances that are launched from now on/,
      ['forseti halt api --reason REASON'],
    ],
    [
      'approval',
      'Forseti: api v2 waits for approval at 25%',
      /^1 of 4 instances of api-production run api v2 \(25% were asked for\).*\nWithout an approval by 2026-11-23T08:00:00Z the deployment is undone/,
      ['forseti approve api-v2-0123456789ab', 'forseti halt api --reason REASON'],
    ],
    [
      'tags refused',
      'Forseti: tag nightly of acme/api is not deployed',
      /matches no application; known are api \(\^v\[0-9\]\)\. \(pushed by dana@example.com\)/,
      ['forseti deploy api nightly', 'forseti history --refused'],
    ],
    [
      'waiting',
      'Forseti: api v2 waits for its turn',
      /^api-production is being worked on by api-v1-9876543210ab; api v2 starts by itself when that has ended\.\nOnly the newest request waits.* by 2026-11-23T08:00:00Z/,
      ['forseti halt api --reason REASON', 'forseti status api'],
    ],
    ['halt', 'Forseti: api v2 is being halted', /Halted by bob: wrong tag/, ['forseti status api']],
    [
      'stall',
      'Forseti: api v2 stands still at Rollout',
      /^Rollout of api v2 has not moved on since 2026-11-22T08:12:00Z \(10 minutes\): 0 of 4 instances\.\nReason: target group api: Target.FailedHealthChecks: Health checks failed\.\nIt goes on .* until 2026-11-22T12:00:00Z at the latest; the deployment is undone then\./,
      ['forseti status api', 'forseti halt api --reason REASON'],
    ],
    [
      'replacement stalled',
      'Forseti: nothing serves yet in place of i-00000000000000001 of api',
      /was taken out at 2026-11-22T08:00:00Z: 3 of 4 instances of api-production serve/,
      ['forseti status api'],
    ],
    ['Deployed', 'Forseti: api v2 Deployed', /^api v2: Deployed after 2 minutes\./, ['forseti rollback api']],
    ['Rejected', 'Forseti: api v2 Rejected', /Provisioning failed on i-1/, ['forseti deploy api v2']],
    [
      'RolledBack',
      'Forseti: api v2 RolledBack',
      /RolledBack after 2 minutes/,
      ['forseti resume-from api-v2-0123456789ab', 'forseti deploy api v2'],
    ],
    [
      'Dirty',
      'Forseti: api v2 Dirty',
      /Left: MinSize is 1, it was 2\n {2}mend it with: aws autoscaling update.*\nChanged by somebody else meanwhile and left alone: Alarm cpu was changed/,
      [
        'aws autoscaling update-auto-scaling-group --auto-scaling-group-name api-production --min-size 2',
        'forseti status api',
      ],
    ],
    ['Superseded', 'Forseti: api v2 Superseded', /Superseded/, ['forseti deploy api v2']],
    [
      'rollback begun',
      'Forseti: rolling api back to v1',
      /Rolling api back to v1 on api-production \(rollout instance-refresh\), requested by alarm\.\nAlarm api-5xx rang at 2026-11-22T08:00:00Z/,
      ['forseti status api'],
    ],
    [
      'rollback done',
      'Forseti: api is back on v1',
      /^Rollback of api to v1: RolledBack after 2 minutes/,
      ['forseti deploy api VERSION'],
    ],
    [
      'rollback failed',
      'Forseti: rollback of api to v1 Rejected',
      /Rollback of api to v1: Rejected/,
      ['forseti status api'],
    ],
    [
      'release marked bad',
      'Forseti: api v2 is marked bad',
      /Alarm api-5xx rings: api v2 is marked bad.*\nRolling back to v1\./,
      ['forseti status api'],
    ],
    [
      'alarm ignored',
      'Forseti: alarm api-5xx does nothing to api',
      /nothing is rolled back: v2 was rolled back already\./,
      ['forseti rollback api', 'forseti status api'],
    ],
    [
      'drift',
      'Forseti: api has drifted',
      /Scaling policy forseti-cpu is missing \(seen at 2026-11-22T08:00:00Z\)\.\nWho: DeletePolicy by dana[^]*aws autoscaling put-scaling-policy/,
      ['aws autoscaling put-scaling-policy', 'forseti status api'],
    ],
    [
      'drift mended',
      'Forseti: the drift of api is mended',
      /Mended: scaling policy forseti-cpu is missing\./,
      ['forseti status api'],
    ],
    [
      'freeze',
      'Forseti: deployments of api are frozen',
      /ada has frozen deployments of api until 2026-11-22T08:00:00Z: on-sale day/,
      ['forseti unfreeze api'],
    ],
    [
      'freeze of all',
      'Forseti: deployments of all applications are frozen',
      /until it is lifted: audit/,
      ['forseti unfreeze --all'],
    ],
    [
      'unfreeze',
      'Forseti: deployments of api are no longer frozen',
      /ada has lifted the freeze of api \(over\)\./,
      [],
    ],
  ])(
    'A notice says what happened and names the commands that can follow: %s',
    (name, subject, words, commands) => {
      const told = text(name);
      expect(told.subject).toBe(subject);
      expect(told.message).toMatch(words);
      expect(noticeMessage(notices[name] as never).nextSteps.map(({ command }) => command)).toEqual(commands);
      for (const command of commands) expect(told.message).toContain(`\n  ${command}`);
    },
  );

  test('Every kind of notice has a case', () => {
    const kinds = new Set(Object.values(notices).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(
      [
        'alarm-ignored',
        'approval',
        'copy-failed',
        'drift',
        'ended',
        'frozen',
        'halted',
        'image',
        'instance',
        'release-bad',
        'replacement-stalled',
        'stalled',
        'started',
        'tags-refused',
        'unfrozen',
        'waiting',
      ].sort(),
    );
  });
});

test('All messages of one deployment are in one thread', () => {
  const threads = ['start', 'image', 'approval', 'halt', 'Dirty', 'release marked bad', 'alarm ignored'];
  expect(new Set(threads.map((name) => noticeMessage(notices[name] as never).thread))).toEqual(
    new Set([record.deployment]),
  );
});

test('A deployment whose rollout a rollback undoes names it, and offers no image that is going to be removed', () => {
  const message = noticeMessage(
    endedAs('RolledBack', { left: [], handedTo: rollback.deployment }, { ...record, bakedImage: 'ami-1' }),
  );
  expect(message.lines).toContain('Its rollout is undone by rollback api-rollback-1.');
  expect(message.nextSteps.map(({ command }) => command)).toEqual(['forseti deploy api v2']);
});

test('Problems that the message does not contain are listed, up to twenty', () => {
  const problems = Array.from({ length: 25 }, (_, index) => `problem ${String(index)}.`);
  const { lines } = noticeMessage(endedAs('Rejected', { message: 'Preflight found 25 problems', problems }));
  expect(lines).toContain('- problem 19.');
  expect(lines).toContain('- and 5 more');
  expect(lines).not.toContain('- problem 20.');
});

test('The message of a request that had no record contains what is known of it', () => {
  const notice = { ...endedAs('Rejected', { left: [] }), record: undefined, at: acceptedAt };
  expect(noticeMessage(notice)).toMatchObject({ title: 'A request Rejected', nextSteps: [], resources: [] });
});

test('Messages of a deployment whose commit is known tell it, and commands name it again', () => {
  const commit = '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7';
  const known = { ...record, commit };
  const started = noticeMessage({ kind: 'started', record: known });
  expect(started.lines).toContain(`Commit ${commit}.`);
  expect(started.details).toMatchObject({ version: 'v2', commit });
  const end = { ...endedAs('Rejected'), record: known };
  const message = noticeMessage(end);
  expect(message.details).toMatchObject({ version: 'v2', commit });
  expect(message.nextSteps.map(({ command }) => command)).toEqual([
    `forseti deploy api v2 --commit ${commit}`,
  ]);
});
