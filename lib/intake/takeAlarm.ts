import type { ApplicationSettings, Settings } from '../application/schema';
import type { Table } from '../aws/table';
import { TransientError } from '../engine/errors';
import { alarmNames } from '../scaling/names';
import { carryOut, nameOfRollback, notifyRollBack } from './actOnAlarm';
import type { AlarmTools } from './alarmTools';
import type { RungAlarm } from './alarmEvent';
import { gatherFacts } from './alarmFacts';
import type { About } from './alarmTools';
import { type AlarmVerdict, judgeAlarm, markedByAlarm } from './judgeAlarm';
import { alarmRequestKey } from './names';
import { expiresAt, putOnce } from './once';

/** Item of the requests table: what an alarm led to, and why. It is stored for good: once.ts says why. */
export interface AlarmItem {
  readonly key: string;
  readonly receivedAt: number;
  readonly alarm: string;
  /** Epoch ms. */
  readonly changedAt: number;
  readonly application?: string;
  /** Absent until it is done. Where the function dies before, the message's next delivery does it. */
  readonly act?: AlarmVerdict['act'];
  readonly why?: string;
  readonly execution?: string;
  readonly expiresAt?: number;
}

/**
 * Takes one alarm: each application whose settings name it is judged, and acted for, once.
 * @returns how many applications name it.
 */
export const takeAlarm = async (
  alarm: RungAlarm,
  settings: Settings,
  tools: TakeAlarmTools,
): Promise<number> => {
  const { stage } = tools.core.environment;
  const concerned = Object.entries(settings.applications).filter(([application, its]) =>
    alarmNames(stage, application, its).some(({ fullName }) => fullName === alarm.name),
  );
  if (concerned.length === 0) {
    await note(alarm, tools, '', { act: 'none', why: 'No application names it in rollback.alarms.' });
    return 0;
  }
  await Promise.all(concerned.map(([application, its]) => takeFor(alarm, application, its, tools)));
  return concerned.length;
};

const takeFor = async (
  alarm: RungAlarm,
  application: string,
  settings: ApplicationSettings,
  tools: TakeAlarmTools,
): Promise<void> => {
  const first = await note(alarm, tools, application);
  if (first.act !== undefined) return;
  const about: About = { alarm, application, settings };
  const { verdict, execution } = (await ownRollback(about, tools)) ?? (await act(about, tools));
  await tools.requests.update(
    { key: first.key },
    {
      expression: `SET act = :act, why = :why${execution === undefined ? '' : ', execution = :execution'}`,
      values: {
        ':act': verdict.act,
        ':why': verdict.why,
        ...(execution !== undefined && { ':execution': execution }),
      },
    },
  );
};

export interface TakeAlarmTools extends AlarmTools {
  readonly requests: Table<AlarmItem>;
}

interface Done {
  readonly verdict: Pick<AlarmVerdict, 'act' | 'why'>;
  /** The rollback's, if one was started. */
  readonly execution?: string;
}

/** The rollback that an earlier delivery of this alarm started before it died. It is reported, and not judged again. */
const ownRollback = async (about: About, { core, channels }: TakeAlarmTools): Promise<Done | undefined> => {
  const execution = nameOfRollback(about);
  const record = await core.records.find(execution);
  if (!record) return undefined;
  const why = record.reason ?? `Alarm ${about.alarm.name} rang.`;
  const marked = (await core.releases.list(about.application)).find(
    ({ markedBy }) => markedBy === markedByAlarm(about.alarm),
  );
  await notifyRollBack(about, { channels, core }, marked?.version ?? 'what it ran', { execution, why });
  return { verdict: { act: 'roll back', why }, execution };
};

/** The state can change between verdict and action: another alarm was quicker, or the deployment has just completed. */
const maxTries = 3;

const act = async (about: About, tools: TakeAlarmTools): Promise<Done> => {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const verdict = judgeAlarm(await gatherFacts(about, tools));
    const done = await carryOut(verdict, about, tools);
    if (done) return { verdict, ...done };
  }
  throw new TransientError(
    `What alarm ${about.alarm.name} is about changed while it was looked at, ${String(maxTries)} times; it is looked at again.`,
  );
};

const note = async (
  alarm: RungAlarm,
  tools: TakeAlarmTools,
  application: string,
  done: Pick<AlarmItem, 'act' | 'why'> = {},
): Promise<AlarmItem> => {
  const now = tools.core.clock();
  return putOnce(tools.requests, {
    key: alarmRequestKey(application, alarm.arn, alarm.changedAt),
    receivedAt: now,
    alarm: alarm.name,
    changedAt: alarm.changedAt,
    // An account can have many alarms that no application names: their items expire.
    ...(application === '' ? { expiresAt: expiresAt(now, 30) } : { application }),
    ...done,
  });
};
