import { type DeploymentRecord, versionInWords } from '../engine/record';
import { driftMessage } from './driftMessage';
import { endMessage } from './endMessage';
import { instanceMessage, replacedMessage, replacementStalledMessage } from './instanceMessages';
import type { Message, NextStep } from './message';
import { type Notice, pages } from './notice';
import { redact } from './redact';
import { refusedTagsMessage } from './refusedTagsMessage';
import { switchMessage } from './switchMessage';

type Of<Kind extends Notice['kind']> = Extract<Notice, { readonly kind: Kind }>;

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
const whatOf = ({ application, version }: DeploymentRecord): string => `${application} ${version}`;

/** What every message about a deployment carries. */
const about = (record: DeploymentRecord) => ({
  thread: record.deployment,
  keywords: [record.application, record.version],
  resources: [record.execution],
  details: {
    deployment: record.deployment,
    application: record.application,
    version: record.version,
    ...(record.commit !== undefined && { commit: record.commit }),
    group: record.group,
  },
});

const haltStep = ({ application }: DeploymentRecord): NextStep => ({
  what: 'Stop and undo it',
  command: `forseti halt ${application} --reason REASON`,
});

const despite = (record: DeploymentRecord): string[] => [
  ...(record.despiteFreeze === undefined ? [] : [`In spite of a freeze: ${record.despiteFreeze}`]),
  ...(record.despiteAlarms === undefined
    ? []
    : [`In spite of alarms that ring already: ${record.despiteAlarms}`]),
];

/** A deployment or rollback has started: where, how, by whom and why. */
export const startMessage = ({ record }: Of<'started'>): Message => {
  const { application, version, group, strategy, rollout, requestedBy, reason, alarm } = record;
  const by = requestedBy === undefined ? '' : `, requested by ${requestedBy}`;
  const rollback = record.kind === 'rollback';
  const what = rollback
    ? `Rolling ${application} back to ${versionInWords(record)}`
    : `Deploying ${application} ${version}`;
  const how = rollback
    ? `rollout ${rollout}${record.fast === true ? ', fast' : ''}`
    : `${strategy}, rollout ${rollout}`;
  const lines = [
    `${what}${rollback ? ' on' : ' to'} ${group} (${how})${by}.`,
    ...(record.commit === undefined ? [] : [`Commit ${record.commit}.`]),
    ...(alarm === undefined ? [] : [`Alarm ${alarm.name} rang at ${instant(alarm.changedAt)}.`]),
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    // Releases that a rollback passed over are known when it starts.
    ...(rollback ? (record.warnings ?? []).map((warning) => `${warning}.`) : []),
    ...(record.resumedFrom === undefined ? [] : [`With the image of ${record.resumedFrom}.`]),
    ...despite(record),
  ];
  return {
    ...about(record),
    title: `${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    sign: rollback ? 'rewind' : 'rocket',
    eventType: rollback ? 'RollbackStarted' : 'DeploymentStarted',
    lines: lines.map((line) => redact(line, record)),
    // A rollback cannot be halted.
    nextSteps: [
      ...(rollback ? [] : [haltStep(record)]),
      { what: 'Watch it', command: `forseti status ${application}` },
    ],
  };
};

export const imageMessage = ({ record, image }: Of<'image'>): Message => ({
  ...about(record),
  title: `${whatOf(record)} has its image ${image}`,
  sign: 'package',
  eventType: 'ImageAvailable',
  lines: [
    `Image ${image} of ${whatOf(record)} is available.`,
    record.rollout === 'none'
      ? 'Instances that are launched from now on will run it.'
      : `Next it is rolled out to ${record.group} (${record.rollout}).`,
  ],
  nextSteps: [haltStep(record)],
  resources: [record.execution, image],
  details: { ...about(record).details, image },
});

export const approvalMessage = ({ record, percentage, replaced, of, until }: Of<'approval'>): Message => ({
  ...about(record),
  title: `${whatOf(record)} waits for approval at ${String(percentage)}%`,
  sign: 'raised_hand',
  eventType: 'ApprovalNeeded',
  lines: [
    `${String(replaced)} of ${String(of)} instances of ${record.group} run ${whatOf(record)} (${String(percentage)}% were asked for); the rest is replaced when somebody approves.`,
    `Without an approval by ${instant(until)} the deployment is undone.`,
  ],
  nextSteps: [
    { what: 'Go on with the rest', command: `forseti approve ${record.deployment}` },
    haltStep(record),
  ],
  details: { ...about(record).details, approveBefore: instant(until) },
});

/** A request waits for another deployment to end: whoever pushed a tag sees nothing else of it until then. */
export const waitingMessage = ({ record, waitsFor, heldSince, until }: Of<'waiting'>): Message => ({
  ...about(record),
  title: `${whatOf(record)} waits for ${heldSince === undefined ? 'its turn' : 'approval'}`,
  sign: 'hourglass',
  eventType: 'DeploymentWaiting',
  lines: [
    heldSince === undefined
      ? `${record.group} is being worked on by ${waitsFor}; ${whatOf(record)} starts by itself when that has ended.`
      : `${record.group} was rolled back by ${heldSince}; ${whatOf(record)}, which was asked for before, starts when somebody approves it.`,
    `Only the newest request waits: a newer one takes its place. Without a turn by ${instant(until)} it is rejected.`,
  ],
  nextSteps: [
    ...(heldSince === undefined
      ? [{ ...haltStep(record), what: 'Stop and undo what runs, so that it starts at once' }]
      : [{ what: 'Start it', command: `forseti approve ${record.deployment}` }]),
    { what: 'Watch it', command: `forseti status ${record.application}` },
  ],
});

export const haltMessage = ({ record, by, reason }: Of<'halted'>): Message => ({
  ...about(record),
  title: `${whatOf(record)} is being halted`,
  sign: 'octagonal_sign',
  eventType: 'Halted',
  lines: [`Halted by ${by}: ${redact(reason, record)}`, 'What it changed is undone now; its end is told.'],
  nextSteps: [{ what: 'Watch it', command: `forseti status ${record.application}` }],
});

/** A copy of an image that failed, and what happens to it. */
export const copyFailedMessage = (notice: Of<'copy-failed'>): Message => {
  const { application, version, image, region, problem, deployment = application } = notice;
  return {
    title: `the image of ${application} ${version} is not copied to ${region} yet`,
    sign: 'warning',
    eventType: 'ImageCopyFailed',
    lines: [
      `Image ${image} of ${application} ${version} could not be copied to ${region}: ${redact(problem)}`,
      'The deployment is not affected. The copy is tried again until it is there.',
    ],
    nextSteps: [{ what: 'See the copies', command: `forseti list ${application}` }],
    thread: deployment,
    keywords: [application, version, region],
    resources: [image],
    details: { application, version, image, region },
  };
};

/** When it goes on by itself, and what is done then. */
const afterStall = ({ state, record, until }: Of<'stalled'>): string => {
  const then =
    state === 'Undo' || state === 'Restore'
      ? 'what is left then is listed, with the commands that repair it'
      : state === 'Queue'
        ? 'nothing is deployed then'
        : record.kind === 'rollback'
          ? 'the fleet is brought back by the compensation then'
          : 'the deployment is undone then';
  const end = until === undefined ? 'for some hours' : `until ${instant(until)}`;
  return `It goes on by itself as soon as that is over, ${end} at the latest; ${then}.`;
};

/** A step that has not moved on for a while: since when, and what keeps it. */
export const stallMessage = (notice: Of<'stalled'>): Message => {
  const { record, state, since, at, progress, reason } = notice;
  const minutes = Math.max(1, Math.round((at - since) / 60_000));
  const what =
    record.kind === 'rollback' ? `rollback of ${record.application} to ${record.version}` : whatOf(record);
  const lines = [
    `${state} of ${what} has not moved on since ${instant(since)} (${String(minutes)} minutes)${progress === undefined ? '' : `: ${progress}`}.`,
    reason === undefined ? 'AWS gives no reason.' : `Reason: ${reason}`,
    afterStall(notice),
  ];
  return {
    ...about(record),
    title: `${what} stands still at ${state}`,
    sign: 'hourglass',
    eventType: 'Stalled',
    lines: lines.map((line) => redact(line, record)),
    nextSteps: [
      { what: 'See it', command: `forseti status ${record.application}` },
      // What undoes already cannot be halted, and neither can a rollback.
      ...(record.kind === 'rollback' || pages(notice) ? [] : [haltStep(record)]),
    ],
    details: { ...about(record).details, state, standsStillSince: instant(since) },
  };
};

type AlarmNotice = Of<'release-bad'> | Of<'alarm-ignored'>;

/** An alarm, and what it means for the release, or why it means nothing. */
export const alarmMessage = (notice: AlarmNotice): Message => {
  const { application, alarm, deployment = application, settings } = notice;
  const bad = notice.kind === 'release-bad';
  const still = !bad && notice.stillRings === true;
  return {
    title: bad
      ? `${application} ${notice.version} is marked bad`
      : still
        ? `alarm ${alarm} still rings for ${application}`
        : `alarm ${alarm} does nothing to ${application}`,
    sign: notice.page === true ? 'rotating_light' : bad ? 'warning' : 'bell',
    eventType: bad ? 'ReleaseMarkedBad' : 'AlarmIgnored',
    lines: bad
      ? [
          `Alarm ${alarm} rings: ${application} ${notice.version} is marked bad and is never chosen by itself again.`,
          notice.then,
        ]
      : [still ? notice.why : `Alarm ${alarm} rings; nothing is rolled back: ${notice.why}`],
    nextSteps: [
      ...(notice.page === true || !bad
        ? [{ what: 'Roll back by hand', command: `forseti rollback ${application}` }]
        : []),
      { what: 'See how the fleet is', command: `forseti status ${application}` },
    ],
    thread: deployment,
    keywords: [application, alarm, ...(bad ? [notice.version] : [])],
    resources: settings === undefined ? [] : [settings.group],
    details: { application, alarm, ...(bad && { version: notice.version }) },
  };
};

export const freezeMessage = (notice: Of<'frozen' | 'unfrozen'>): Message => {
  const { application, by, reason, until } = notice;
  const whose = application === '*' ? 'all applications' : application;
  const frozen = notice.kind === 'frozen';
  const end = until === undefined ? 'until it is lifted' : `until ${instant(until)}`;
  const lift = {
    what: 'Lift it',
    command: `forseti unfreeze ${application === '*' ? '--all' : application}`,
  };
  return {
    title: `deployments of ${whose} are ${frozen ? 'frozen' : 'no longer frozen'}`,
    sign: frozen ? 'snowflake' : 'sunny',
    eventType: frozen ? 'Frozen' : 'Unfrozen',
    lines: frozen
      ? [`${by} has frozen deployments of ${whose} ${end}: ${redact(reason)}`, 'Rollbacks go on.']
      : [`${by} has lifted the freeze of ${whose} (${redact(reason)}).`],
    nextSteps: frozen ? [lift] : [],
    thread: `freeze-${application === '*' ? 'all' : application}`,
    keywords: [...(application === '*' ? [] : [application]), 'freeze'],
    resources: [],
    details: { application: whose, by },
  };
};

/** The message of a notice. Texts from outside are shortened where they are shown, and secrets are removed here. */
export const noticeMessage = (notice: Notice): Message => {
  switch (notice.kind) {
    case 'started':
      return startMessage(notice);
    case 'image':
      return imageMessage(notice);
    case 'approval':
      return approvalMessage(notice);
    case 'waiting':
      return waitingMessage(notice);
    case 'halted':
      return haltMessage(notice);
    case 'stalled':
      return stallMessage(notice);
    case 'ended':
      return endMessage(notice);
    case 'release-bad':
    case 'alarm-ignored':
      return alarmMessage(notice);
    case 'copy-failed':
      return copyFailedMessage(notice);
    case 'instance':
      return instanceMessage(notice);
    case 'replacement-stalled':
      return replacementStalledMessage(notice);
    case 'replaced':
      return replacedMessage(notice);
    case 'frozen':
    case 'unfrozen':
      return freezeMessage(notice);
    case 'drift':
      return driftMessage(notice);
    case 'tags-refused':
      return refusedTagsMessage(notice.tags);
    case 'switched':
      return switchMessage(notice);
  }
};
