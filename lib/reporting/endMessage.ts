import { commitOption } from '../application/version';
import { type DeploymentRecord, versionInWords } from '../engine/record';
import type { End, Outcome } from '../engine/outcome';
import { deployedText, isPartly } from './deployedText';
import type { Message, NextStep } from './message';
import type { Notice } from './notice';
import { redact } from './redact';

type Ended = Extract<Notice, { readonly kind: 'ended' }>;

const signs: Readonly<Record<Outcome, string>> = {
  Deployed: 'white_check_mark',
  Rejected: 'no_entry',
  RolledBack: 'rewind',
  Dirty: 'rotating_light',
  Superseded: 'fast_forward',
};

/** The message stays readable; the record has everything. */
const most = 20;

/** The first of many, and how many are not among them. */
const first = <Thing>(resourceKeys: readonly Thing[], tell: (resourceKey: Thing) => string): string[] => [
  ...resourceKeys.slice(0, most).map(tell),
  ...(resourceKeys.length > most ? [`- and ${String(resourceKeys.length - most)} more`] : []),
];

const minutesTaken = ({ record, at }: Ended): string => {
  if (!record) return '';
  const minutes = Math.max(0, Math.round((at - record.acceptedAt) / 60_000));
  return ` after ${String(minutes)} minute${minutes === 1 ? '' : 's'}`;
};

/** The message often lists the problems itself; what it leaves out is added. */
const problemsOf = ({ end }: Ended): string[] =>
  first(
    end.problems.filter((problem) => !end.message.includes(problem)),
    (problem) => `- ${problem}`,
  );

/** What a rollback has brought back besides the image, or left as it was. */
const besidesLines = (record: DeploymentRecord | undefined): string[] => {
  const lines = [...(record?.besides?.template ?? []), ...(record?.besides?.scaling ?? [])];
  return first(lines, (line) => line);
};

const status = (application: string): NextStep => ({
  what: 'See how the fleet is',
  command: `forseti status ${application}`,
});

/**
 * An image that it made itself, or took over by resuming, is retained for a while; one that was given needs no keeping.
 */
const canResume = ({ bakedImage, image, resumedFrom, neverHealthy }: DeploymentRecord): boolean =>
  bakedImage !== undefined && neverHealthy !== true && (image === undefined || resumedFrom !== undefined);

/** A request that never had a record: what it asked for is all that is known. */
const nextStepsOfAsked = ({ of, asked }: Pick<Ended, 'of' | 'asked'>): NextStep[] => {
  if (asked?.application === undefined) return [];
  const { application } = asked;
  return of === 'rollback'
    ? [{ what: 'Roll back by hand', command: `forseti rollback ${application}` }, status(application)]
    : [status(application)];
};

/** Errors of a rollback that has nowhere to go: asked again, it is refused again. Their own message says what to do. */
const nowhereToGo: ReadonlySet<string> = new Set<End['error']>([
  'AlreadyRolledBack',
  'ImageGone',
  'LaunchTemplateVersionGone',
  'NoGoodRelease',
  'NoRelease',
  'UnknownVersion',
]);

/** Asks for the same rollback once more: without the name, one that got half way could mean another release. */
export const rollbackCommand = (record: DeploymentRecord): string =>
  `forseti rollback ${record.application}${record.target || record.named ? ` --to ${versionInWords(record)}` : ''}`;

const nextStepsOfRollback = (record: DeploymentRecord, { error, outcome }: End): NextStep[] => {
  const { application } = record;
  if (error === 'None')
    return [{ what: 'When it is mended', command: `forseti deploy ${application} VERSION` }];
  if (nowhereToGo.has(error)) return [status(application)];
  const what = outcome === 'Rejected' ? 'When that is mended' : 'Roll back again';
  return [{ what, command: rollbackCommand(record) }, status(application)];
};

/** What a person does next. */
export const nextSteps = (
  notice: Pick<Ended, 'record' | 'end' | 'deployment' | 'of' | 'asked'>,
): NextStep[] => {
  const { record, end, deployment } = notice;
  if (!record) return nextStepsOfAsked(notice);
  const { application, version, kind } = record;
  const again = {
    what: 'Try again',
    command: `forseti deploy ${application} ${version}${commitOption(record.commit)}`,
  };
  if (end.outcome === 'Dirty')
    return [
      ...end.left
        .slice(0, most)
        .flatMap(({ note, mend }) =>
          mend === undefined ? [] : [{ what: `Mend "${redact(note, record)}"`, command: mend }],
        ),
      status(application),
    ];
  if (kind === 'rollback') return nextStepsOfRollback(record, end);
  switch (end.outcome) {
    case 'Deployed':
      return [{ what: 'If it is no good', command: `forseti rollback ${application}` }];
    case 'Superseded':
      return [{ what: 'To deploy it all the same', command: again.command }];
    case 'Rejected':
      return [{ what: 'When that is mended', command: again.command }];
    default:
      return end.handedTo === undefined && canResume(record)
        ? [
            {
              what: 'When that is mended, with the image that is made already',
              command: `forseti resume-from ${deployment}`,
            },
            { what: 'Or from the start', command: again.command },
          ]
        : [{ what: 'When that is mended', command: again.command }];
  }
};

const subjectOf = ({ record, of, asked = {} }: Ended): string => {
  if (record?.kind === 'rollback') return `rollback of ${record.application} to ${versionInWords(record)}`;
  if (record) return `${record.application} ${record.version}`;
  const { application, version } = asked;
  if (of === 'rollback') return application === undefined ? 'A rollback' : `rollback of ${application}`;
  return application === undefined ? 'A request' : [application, version].join(' ').trim();
};

/** How a deployment or a rollback ended, what is left of it, and what to do. */
export const endMessage = (notice: Ended): Message => {
  const { record, end, deployment, of, asked } = notice;
  const rollback = (record?.kind ?? of) === 'rollback';
  const subject = subjectOf(notice);
  const lines = [
    `${subject.replace(/^rollback/, 'Rollback')}: ${end.outcome}${minutesTaken(notice)}.`,
    ...(isPartly(end.fleet) ? [`${deployedText(subject, end.fleet)}.`] : []),
    ...(end.message === '' ? [] : [end.message]),
    ...besidesLines(record),
    ...problemsOf(notice),
    ...(end.handedTo === undefined ? [] : [`Its rollout is undone by rollback ${end.handedTo}.`]),
    ...first(
      end.left,
      ({ note, mend }) => `Left: ${note}${mend === undefined ? '' : `\n  mend it with: ${mend}`}`,
    ),
    ...first(end.foreign, ({ note }) => `Changed by somebody else meanwhile and left alone: ${note}`),
    ...(record?.warnings ?? []).map((warning) => `Warning: ${warning}`),
  ];
  return {
    title:
      record && rollback && end.error === 'None'
        ? `${record.application} is back on ${versionInWords(record)}`
        : `${subject} ${end.outcome}${isPartly(end.fleet) ? ' for new instances' : ''}`,
    sign: signs[end.outcome],
    eventType: `${rollback ? 'Rollback' : 'Deployment'}${end.outcome}`,
    lines: lines.map((line) => redact(line, record)),
    nextSteps: nextSteps(notice),
    thread: deployment,
    keywords: [
      ...(record
        ? [record.application, record.version]
        : [asked?.application, asked?.version].filter((word) => word !== undefined)),
      end.outcome,
    ],
    resources: record ? [record.execution] : [],
    details: {
      deployment,
      outcome: end.outcome,
      ...(record
        ? {
            application: record.application,
            version: record.version,
            ...(record.commit !== undefined && { commit: record.commit }),
            group: record.group,
          }
        : asked?.application !== undefined && { application: asked.application }),
      ...(end.error !== 'None' && { error: end.error }),
      ...(end.fleet && { fleet: `${String(end.fleet.onVersion)} of ${String(end.fleet.inService)}` }),
    },
  };
};
