import type { Channels } from '../reporting/channels';
import { reportEnd } from '../reporting/metrics';
import { notify } from '../reporting/notify';
import { causeOf, endOf, failureOf, notReached } from '../engine/end';
import type { End } from '../engine/outcome';
import type { Core } from '../engine/core';
import { type Effect, isOpen } from '../engine/effect';
import type { DeploymentRecord, StepItem } from '../engine/record';
import { stateOfStep } from '../engine/runningStep';
import { neverHealthy } from '../rollout/patience';
import { silentFailure, unendedCompensation } from '../engine/silentEnd';
import type { Outcome, RecordKind } from '../engine/outcome';
import { left, repairSite } from '../engine/settled';
import { isPassing, triedMs, withTries } from '../engine/passing';
import { type KeptRequest, keptDelaySeconds, requestToKeep } from './keptRequest';
import { repairOfAny } from './compensation/registry';

export interface CloseRecordEvent {
  readonly deployment: string;
  readonly execution: string;
  readonly input: unknown;
  /** ISO 8601; absent if the machine Mend closes the record in the execution's place. */
  readonly startedAt?: string;
  /** The machine's state as it is, with what a Catch added to it. */
  readonly state: unknown;
  /** The kind of the execution, if there is no record that says it; `deployment` by default. */
  readonly kind?: RecordKind;
}

/**
 * How long the image and the launch template version of a failed deployment are retained, so that it can be resumed.
 */
const retainedForMs = 20 * 3_600_000;

/** After the point of no return nothing is undone any more. */
export const keepEffects = async (core: Core, effects: readonly Effect[]): Promise<void> => {
  const open = effects.filter(isOpen);
  await Promise.all(open.map((effect) => core.effects.settle(effect, 'kept')));
};

export interface CloseRecordTools {
  readonly channels: Channels;
  /** Puts the request back on its queue, to be started anew. */
  readonly keep: (kept: KeptRequest) => Promise<void>;
}

/**
 * Closes the record of a deployment that did not succeed; if it is closed already, returns its end. The notification is
 * sent first: if the function dies in between, it is sent twice rather than never.
 */
export const closeRecord = async (
  core: Core,
  { channels, keep }: CloseRecordTools,
  event: CloseRecordEvent,
): Promise<{ outcome: Outcome; cause: string; error: string }> => {
  const [found, journal] = await Promise.all([
    core.records.find(event.deployment),
    core.effects.list(event.deployment),
  ]);
  // The record of an earlier execution, whose name was used again: its end is not the end of this one.
  const other =
    found !== undefined && event.startedAt !== undefined && found.acceptedAt !== Date.parse(event.startedAt);
  const [opened, effects] = other
    ? [undefined, []]
    : [found, found ? withRepairs(core, found, journal) : journal];
  if (opened?.end) return told(opened.end);
  const caught = failureOf(event.state);
  // If the steps cannot be read, closing goes on.
  const steps = opened ? await core.records.steps(event.deployment).catch(() => []) : [];
  const unhealthy = isNeverHealthy(steps) && { neverHealthy: true as const };
  const record = opened && { ...opened, ...unhealthy };
  const failure = record && caught ? silentFailure(record, caught, steps) : caught;
  const at = core.clock();
  const judged = withUnended(endOf(record, effects, failure), record, steps);
  const end = isPassing(judged.error)
    ? await givenUp(keep, event, { record, end: judged, at, steps })
    : judged;
  if (record?.completedAt !== undefined) await keepEffects(core, effects);
  const asked = named(event.input);
  await notify(channels, core.environment, {
    kind: 'ended',
    deployment: event.deployment,
    record,
    end,
    at,
    ...(event.kind !== undefined && { of: event.kind }),
    asked: { ...asked, automatic: isAutomatic(event.input) },
  });
  if (record) {
    await core.records.close(event.deployment, {
      closedAt: at,
      outcome: end.outcome,
      end,
      ...unhealthy,
      // The retained effects have to be removed some day.
      ...(effects.some(({ state }) => state === 'spare') && {
        due: 'spare',
        spareUntil: at + retainedForMs,
      }),
    });
    reportEnd(core.environment, record, end, at, steps);
  } else {
    await core.records.refuse({
      deployment: other ? `${event.deployment}@${event.startedAt ?? ''}` : event.deployment,
      item: 'record',
      kind: event.kind ?? 'deployment',
      execution: event.execution,
      ...asked,
      ...(failure && { failure }),
      acceptedAt: at,
      closedAt: at,
      outcome: end.outcome,
      end,
    });
  }
  return told(end);
};

/**
 * The end of an execution that AWS was in the way of: what could not be asked, and for how long it was tried. A tag's
 * request of which nothing was judged is kept. It is put on the queue first: a death in between puts it there twice,
 * under one name.
 */
const givenUp = async (
  keep: CloseRecordTools['keep'],
  event: CloseRecordEvent,
  {
    record,
    end,
    at,
    steps,
  }: { record: DeploymentRecord | undefined; end: End; at: number; steps: readonly StepItem[] },
): Promise<End> => {
  const { deployment, input, kind = record?.kind ?? 'deployment' } = event;
  const acceptedAt = record?.acceptedAt ?? (event.startedAt === undefined ? at : Date.parse(event.startedAt));
  const kept = requestToKeep({ deployment, kind, input, end, now: at });
  if (kept !== undefined) await keep(kept);
  const again = new Date(at + keptDelaySeconds * 1000).toISOString();
  return withTries(
    end,
    triedMs(steps, { acceptedAt, now: at }),
    kept && `The request is kept, and is tried again at ${again}.`,
  );
};

/** An alarm's rollback, also where it never had a record. */
const isAutomatic = (input: unknown): boolean =>
  typeof (input as { alarm?: unknown } | null | undefined)?.alarm === 'object';
/** A deployment is not resumed with an image that never became healthy. */
const isNeverHealthy = (steps: readonly StepItem[]): boolean =>
  neverHealthy(
    steps.filter((step) => ['Rollout', 'RolloutRest'].includes(stateOfStep(step))).map(({ memo }) => memo),
  );

/** A compensation that ran out of time tells what it last saw, too. */
const withUnended = (end: End, record: DeploymentRecord | undefined, steps: readonly StepItem[]): End => {
  const unended = record && end.outcome === 'Dirty' ? unendedCompensation(record, steps) : [];
  if (unended.length === 0) return end;
  return {
    ...end,
    message: [end.message, ...unended].filter((text) => text !== '').join('\n'),
    problems: [...end.problems, ...unended],
  };
};

/** Effects that the compensation did not reach get their repair command here. */
const withRepairs = (core: Core, record: DeploymentRecord, effects: readonly Effect[]): readonly Effect[] =>
  effects.map((effect) => {
    if (effect.mend !== undefined || !isOpen(effect)) return effect;
    const { note = notReached(effect) } = effect;
    // The state stays open here: after the point of no return the effect becomes `kept`, not `left`.
    return {
      ...effect,
      ...left(note, repairOfAny(effect, repairSite({ core, record }))),
      state: effect.state,
    };
  });

const told = (end: End) => ({ outcome: end.outcome, error: end.error, cause: causeOf(end) });

/** As much of a refused input as can be kept under its name. */
const named = (
  input: unknown,
): Partial<Pick<DeploymentRecord, 'application' | 'version' | 'requestedBy'>> => {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  return Object.fromEntries(
    ['application', 'version', 'requestedBy']
      .map((name) => [name, given[name]] as const)
      .filter(([, value]) => typeof value === 'string' && value !== '')
      .map(([name, value]) => [name, (value as string).slice(0, 256)]),
  );
};
