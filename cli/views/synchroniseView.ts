import type { Replayed } from '@forseti/messaging';
import type { RegionsReport } from '../actions/synchroniseRegions';

const counts = ({ visible, inFlight, delayed }: { visible: number; inFlight: number; delayed: number }) =>
  `${String(visible)} waiting, ${String(inFlight)} in flight, ${String(delayed)} delayed`;

const sideRows = (when: string, sides: RegionsReport['before']): string[][] =>
  sides.map((side) =>
    'error' in side
      ? [when, side.region, 'did not answer', side.error]
      : [
          when,
          side.region,
          counts(side.queue),
          side.deadLetters ? `dead: ${counts(side.deadLetters)}` : 'no dead-letter queue',
        ],
  );

const row = (what: string, { found, replayed, doneAlready, kept }: Replayed): string[] => [
  what,
  `${String(found)} found`,
  `${String(replayed)} sent`,
  `${String(doneAlready)} done already, ${String(kept.length)} stay`,
];

/** The report as rows. */
export const synchroniseRows = (report: RegionsReport, dryRun: boolean): string[][] => {
  const { before, after, spool, deadLetters, doneTwice, left } = report;
  return [
    ...sideRows('before', before),
    row('spools', spool),
    row('dead letters', deadLetters),
    ...[...spool.kept, ...deadLetters.kept].map(({ id, where, reason }) => ['stays', id, where, reason]),
    ...(dryRun ? [] : sideRows('after', after)),
    ...(doneTwice ?? []).map(({ id, times }) => ['done twice', id, `${String(times)} times too often`]),
    ...(left
      ? [
          [
            'time ran out',
            `${String(left.spooled)} spooled left`,
            `${String(left.deadLetters)} dead letters left`,
            'run it again',
          ],
        ]
      : []),
  ];
};

/** Whether everything was sent over, and both regions told what they hold. */
export const isComplete = ({ before, after, spool, deadLetters, left }: RegionsReport): boolean =>
  left === undefined &&
  spool.kept.length === 0 &&
  deadLetters.kept.length === 0 &&
  [...before, ...after].every((side) => !('error' in side));
