import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Settings } from '../application/schema';
import type { Table } from '../aws/table';
import type { Core } from '../engine/core';
import { imageFrom } from '../engine/imageFrom';
import { commandEffect } from '../provisioning/commandEffect';
import { groupTemplateEffect } from '../rollout/groupTemplateEffect';
import { refreshEffect } from '../rollout/refreshEffect';
import { alarmNames } from '../scaling/names';
import { carryOut } from './actOnAlarm';
import { gatherFacts } from './alarmFacts';
import type { About, AlarmTools } from './alarmTools';
import type { AlarmVerdict } from './judgeAlarm';
import { judgeRinging, type LastEnd } from './judgeRinging';
import { alarmRequestKey, ringingKey } from './names';
import { expiresAt, putOnce } from './once';
import type { RingingAlarm } from './ringingAlarm';
import type { AlarmItem } from './takeAlarm';

/** Item of the requests table: what an alarm that rang on led to, once per end of a deployment or rollback. */
export interface RingingItem {
  readonly key: string;
  readonly receivedAt: number;
  readonly stillRinging: string;
  readonly application: string;
  readonly after: string;
  /** Absent until it is done: then the next look does it. */
  readonly act?: AlarmVerdict['act'];
  readonly why?: string;
  readonly execution?: string;
  readonly expiresAt: number;
}

export interface TakeRingingTools extends AlarmTools {
  readonly autoScaling: AutoScalingClient;
  readonly requests: Table<AlarmItem>;
  readonly ringing: Table<RingingItem>;
}

/** Two looks. */
const freshMs = 10 * 60_000;

/** Judges an alarm that rings, for each application whose settings name it. Safe to repeat. */
export const takeRinging = async (
  alarm: RingingAlarm,
  { applications }: Settings,
  tools: TakeRingingTools,
): Promise<void> => {
  const { stage } = tools.core.environment;
  // It lay in the queue for too long to say that the alarm rings now; the next look tells.
  if (tools.core.clock() - alarm.seenAt > freshMs) return;
  const concerned = Object.entries(applications).filter(([application, its]) =>
    alarmNames(stage, application, its).some(({ fullName }) => fullName === alarm.name),
  );
  await Promise.all(
    concerned.map(([application, settings]) => takeFor({ alarm, application, settings }, alarm, tools)),
  );
};

const takeFor = async (
  about: About,
  { evaluatedSeconds }: RingingAlarm,
  tools: TakeRingingTools,
): Promise<void> => {
  const { core, requests, ringing } = tools;
  const { alarm, application } = about;
  const [facts, last, event] = await Promise.all([
    gatherFacts(about, tools),
    lastEnd(core, application),
    requests.get({ key: alarmRequestKey(application, alarm.arn, alarm.changedAt) }),
  ]);
  const verdict = judgeRinging({
    ...facts,
    last,
    touchedAt: last && (await touchedAt(core, last.deployment)),
    pagedAt: event?.act === 'page' ? event.receivedAt : undefined,
    evaluatedSeconds,
  });
  if (verdict.act === 'none' || !last) return;
  const now = core.clock();
  const key = ringingKey(application, alarm.arn, alarm.changedAt, endKey(last));
  const item = await putOnce(ringing, {
    key,
    receivedAt: now,
    stillRinging: alarm.name,
    application,
    after: last.deployment,
    expiresAt: expiresAt(now, 90),
  });
  if (item.act !== undefined) return;
  const done = await carryOut(verdict, { ...about, stillRings: true }, tools);
  // The state has changed since the verdict: the next look judges it again.
  if (!done) return;
  await ringing.update(
    { key },
    {
      expression: `SET act = :act, why = :why${done.execution === undefined ? '' : ', execution = :execution'}`,
      values: {
        ':act': verdict.act,
        ':why': verdict.why,
        ...(done.execution !== undefined && { ':execution': done.execution }),
      },
    },
  );
};

/** Requests that are refused while an alarm rings page once for it, however many there are. */
const endKey = ({ deployment, outcome, end }: LastEnd): string =>
  outcome === 'Rejected' && end?.error !== 'Halted' ? 'rejected' : deployment;

/** Refused and superseded requests stand among the newest records. */
const recordsRead = 30;

const lastEnd = async (core: Core, application: string): Promise<LastEnd | undefined> => {
  const ended = (await core.records.latest(application, recordsRead)).flatMap((record): LastEnd[] =>
    record.closedAt === undefined || record.outcome === 'Superseded'
      ? []
      : [{ ...record, closedAt: record.closedAt }],
  );
  return ended.sort((a, b) => b.closedAt - a.closedAt)[0];
};

/** When a deployment first changed what instances of the fleet run. */
const touchedAt = async (core: Core, deployment: string): Promise<number | undefined> => {
  const [record, effects] = await Promise.all([core.records.find(deployment), core.effects.list(deployment)]);
  const inPlace = record !== undefined && imageFrom(record) === 'fleet';
  const touching = effects.filter(
    (effect) =>
      effect.state !== 'void' &&
      (refreshEffect.is(effect) || groupTemplateEffect.is(effect) || (inPlace && commandEffect.is(effect))),
  );
  return touching.length === 0 ? undefined : Math.min(...touching.map(({ intendedAt }) => intendedAt));
};
