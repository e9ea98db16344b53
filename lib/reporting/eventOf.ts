import type { DeploymentRecord } from '../engine/record';
import { cut } from './message';
import type { Notice } from './notice';
import { redact } from './redact';

/** As rules match it. What asks Forseti for something has another source (`forseti.ci`): no notice can be a request. */
export const eventSource = 'forseti.deployments';

/** One event of the default bus; schemas of all of them lie in events/schemas. */
export interface NoticeEvent {
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** ARNs. */
  readonly resources: readonly string[];
}

/** An event holds 256 KB at most (API, PutEvents), and its readers want a cause, not a log. */
const maxTextLength = 2_000;
const maxLeft = 20;
const maxTags = 20;

const instant = (at: number): string => new Date(at).toISOString();
const said = (text: string, record?: DeploymentRecord): string => cut(redact(text, record), maxTextLength);

/** What every event about a deployment or rollback holds: who, what, where and why, but no variables and no settings. */
const about = (record: DeploymentRecord) => ({
  deployment: record.deployment,
  execution: record.execution,
  kind: record.kind,
  application: record.application,
  version: record.version,
  group: record.group,
  strategy: record.strategy,
  rollout: record.rollout,
  ...(record.commit !== undefined && { commit: record.commit }),
  acceptedAt: instant(record.acceptedAt),
  ...(record.requestedBy !== undefined && { requestedBy: record.requestedBy }),
  ...(record.reason !== undefined && { reason: said(record.reason, record) }),
  ...(record.alarm !== undefined && { alarm: record.alarm.name }),
});

const endDetail = ({ record, end, deployment, at, of, asked }: Extract<Notice, { kind: 'ended' }>) => ({
  ...(record
    ? about(record)
    : {
        deployment,
        kind: of ?? 'deployment',
        ...(asked?.application !== undefined && { application: said(asked.application) }),
        ...(asked?.version !== undefined && { version: said(asked.version) }),
      }),
  endedAt: instant(at),
  ...(record && { durationSeconds: Math.max(0, Math.round((at - record.acceptedAt) / 1_000)) }),
  outcome: end.outcome,
  error: end.error,
  ...(end.fleet && { fleet: end.fleet }),
  ...(end.message !== '' && { message: said(end.message, record) }),
  ...(record?.bakedImage !== undefined && { image: record.bakedImage }),
  ...(record?.launchTemplate !== undefined && { launchTemplate: record.launchTemplate }),
  ...(record?.baseline?.version !== undefined && { previousVersion: record.baseline.version }),
  ...besidesOf(record),
  left: end.left.slice(0, maxLeft).map(({ note }) => said(note, record)),
});

/** What a rollback has brought back besides the image, or left as it was. */
const besidesOf = (record: DeploymentRecord | undefined): { readonly besides?: readonly string[] } => {
  const lines = [...(record?.besides?.template ?? []), ...(record?.besides?.scaling ?? [])];
  return lines.length > 0 ? { besides: lines.slice(0, maxLeft).map((line) => said(line, record)) } : {};
};

const ofRecord = (detailType: string, record: DeploymentRecord, more: object = {}): NoticeEvent => ({
  detailType,
  detail: { ...about(record), ...more },
  resources: [record.execution],
});

const ofAlarm = (notice: Extract<Notice, { kind: 'release-bad' | 'alarm-ignored' }>): NoticeEvent => {
  const bad = notice.kind === 'release-bad';
  const { application, alarm, deployment, settings } = notice;
  return {
    detailType: bad ? 'Release Marked Bad' : 'Alarm Ignored',
    detail: {
      application,
      alarm,
      ...(deployment !== undefined && { deployment }),
      ...(settings !== undefined && { group: settings.group }),
      ...(bad && { version: notice.version }),
      reason: said(bad ? notice.then : notice.why),
      paged: notice.page === true,
    },
    resources: [],
  };
};

/** The event of a notice; pure. Texts from outside are shortened, and secrets removed, as in the messages. */
export const eventOf = (notice: Notice): NoticeEvent => {
  switch (notice.kind) {
    case 'started':
      return ofRecord(
        notice.record.kind === 'rollback' ? 'Rollback Started' : 'Deployment Started',
        notice.record,
      );
    case 'image':
      return ofRecord('Image Available', notice.record, { image: notice.image });
    case 'approval':
      return ofRecord('Approval Needed', notice.record, {
        percentage: notice.percentage,
        replaced: notice.replaced,
        instances: notice.of,
        approveBefore: instant(notice.until),
      });
    case 'waiting':
      return ofRecord('Deployment Waiting', notice.record, {
        waitsFor: notice.waitsFor,
        ...(notice.heldSince !== undefined && { heldSince: notice.heldSince }),
        waitsUntil: instant(notice.until),
      });
    case 'halted':
      return ofRecord('Deployment Halted', notice.record, {
        haltedBy: notice.by,
        haltReason: said(notice.reason, notice.record),
      });
    case 'stalled':
      return ofRecord('Deployment Stalled', notice.record, {
        state: notice.state,
        stalledSince: instant(notice.since),
        ...(notice.until !== undefined && { timesOutAt: instant(notice.until) }),
        ...(notice.progress !== undefined && { progress: said(notice.progress, notice.record) }),
        ...(notice.reason !== undefined && { stallReason: said(notice.reason, notice.record) }),
      });
    case 'ended': {
      const rollback = (notice.record?.kind ?? notice.of) === 'rollback';
      return {
        detailType: rollback ? 'Rollback Ended' : 'Deployment Ended',
        detail: endDetail(notice),
        resources: notice.record ? [notice.record.execution] : [],
      };
    }
    case 'release-bad':
    case 'alarm-ignored':
      return ofAlarm(notice);
    case 'drift':
      return {
        detailType: 'Drift Changed',
        detail: {
          application: notice.application,
          ...(notice.settings !== undefined && { group: notice.settings.group }),
          found: notice.found.slice(0, maxLeft).map(({ what, who, seenAt }) => ({
            what: said(what),
            seenAt: instant(seenAt),
            ...(who !== undefined && { who: said(who) }),
          })),
          mended: notice.mended.slice(0, maxLeft).map(({ what }) => said(what)),
          left: notice.left,
        },
        resources: [],
      };
    case 'switched':
      return {
        detailType: 'Switch Changed',
        detail: {
          application: notice.application,
          switch: notice.switch,
          on: notice.on,
          by: notice.by,
          reason: said(notice.lines.join('\n')),
          paged: notice.page === true,
        },
        resources: [],
      };
    case 'copy-failed':
      return {
        detailType: 'Image Copy Failed',
        detail: {
          application: notice.application,
          version: notice.version,
          ...(notice.deployment !== undefined && { deployment: notice.deployment }),
          image: notice.image,
          copyRegion: notice.region,
          problem: said(notice.problem),
        },
        resources: [],
      };
    case 'tags-refused':
      return {
        detailType: 'Tags Refused',
        detail: {
          count: notice.tags.length,
          tags: notice.tags.slice(0, maxTags).map(({ at, reason, ...tag }) => ({
            ...tag,
            refusedAt: instant(at),
            reason: said(reason),
          })),
        },
        resources: [],
      };
    case 'instance':
      return {
        detailType: 'Instance Maintenance',
        detail: {
          application: notice.application,
          instance: notice.instance,
          ...(notice.settings !== undefined && { group: notice.settings.group }),
          reason: said(notice.what),
          ...(notice.notBefore !== undefined && { notBefore: instant(notice.notBefore) }),
          ...(notice.replacement !== undefined &&
            'from' in notice.replacement && { replacedAfter: instant(notice.replacement.from) }),
        },
        resources: [],
      };
    case 'replacement-stalled':
      return {
        detailType: 'Replacement Stalled',
        detail: {
          application: notice.application,
          instance: notice.instance,
          ...(notice.settings !== undefined && { group: notice.settings.group }),
          since: instant(notice.since),
          message: said(notice.message),
        },
        resources: [],
      };
    case 'replaced':
      return {
        detailType: 'Replacement Ended',
        detail: {
          application: notice.application,
          instance: notice.instance,
          ...(notice.settings !== undefined && { group: notice.settings.group }),
          outcome: notice.outcome,
          requestedBy: notice.by,
          ...(notice.reason !== undefined && { reason: said(notice.reason) }),
          message: said(notice.message),
          paged: notice.page,
        },
        resources: [],
      };
    case 'frozen':
    case 'unfrozen':
      return {
        detailType: notice.kind === 'frozen' ? 'Deployments Frozen' : 'Deployments Unfrozen',
        detail: {
          application: notice.application,
          by: notice.by,
          reason: said(notice.reason),
          ...(notice.until !== undefined && { until: instant(notice.until) }),
        },
        resources: [],
      };
  }
};
