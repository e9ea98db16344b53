import { AwsError } from '../core/errors';
import type { CallFault, Faults } from '../core/faults';
import type { AnyAction, Caller, Region, Requirement, Service, Timings } from '../core/service';
import type { Chances } from '../core/chance';
import type { Clock } from '../core/clock';
import { deepCopy } from '../core/copy';
import { countCall, isMutating, type CallRecord, type RecordState } from './record';
import type { CloudTrailService } from '../services/cloudtrail';
import { outageOf, unavailable } from '../core/outage';
import { denied, throttled, type Refused } from './refusals';
import { classOf, take, type Bucket } from './throttling';
import { requestObserver } from './observers';
import { leftOf, throttlingOf, type ThrottlingPlan } from './troubles';

/** A call as it arrives. `service` is the IAM prefix, `action` the SDK command's name without `Command`. */
export interface Call {
  readonly caller: Caller;
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
}

/** The first requirement that the caller's role does not allow; undefined if it allows all of them. */
export type Judge = (caller: Caller, requirements: readonly Requirement[]) => Refused | undefined;

/** What a call needs from the cloud. */
export interface CallContext {
  readonly clock: Clock;
  readonly chances: Chances;
  readonly faults: () => Faults;
  /** What others in the account use of its rates. */
  readonly throttling: () => readonly ThrottlingPlan[];
  readonly timings: Timings;
  readonly judge: Judge;
  readonly record: () => RecordState;
  /** Records an arriving call; undefined if calls are not listed. */
  readonly log: () => ((call: CallRecord) => void) | undefined;
}

/** The region that a call goes to. */
export interface Destination {
  readonly name: string;
  readonly service: (name: string) => Service | undefined;
  readonly view: (service: string) => Region;
  readonly buckets: () => Record<string, Bucket>;
}

const actionOf = (destination: Destination, call: Call): AnyAction => {
  const service = destination.service(call.service);
  const action = service?.actions[call.action];
  if (action) return action;
  const problem = service
    ? `has no action ${call.action} of ${call.service}`
    : `has no service ${call.service}`;
  throw Object.assign(
    new Error(
      `The embedded cloud ${problem}: add it under src/${call.service} of the embedded cloud's package.`,
    ),
    {
      name: 'NotSimulated',
    },
  );
};

/** @throws AwsError if one of the requirements is not allowed */
const authorize = (context: CallContext, call: Call, requirements: readonly Requirement[]): void => {
  if (call.caller.kind !== 'function') return;
  const missing = context.judge(call.caller, requirements);
  if (missing) throw denied(call.service, call.caller, missing);
};

const throttle = (context: CallContext, destination: Destination, call: Call): void => {
  if (call.caller.kind === 'service') return;
  const { service, action, input } = call;
  const found = classOf(service, action, input);
  const now = context.clock.now();
  const others = throttlingOf(context.throttling(), { region: destination.name, service, action, now });
  if (!found) {
    // No rate is known that something could be left of: each call has its chance.
    if (others && context.chances.stream(`throttling/${destination.name}`).next() < others.share)
      throw throttled(service);
    return;
  }
  const limit = others ? leftOf(found.limit, others.share) : found.limit;
  const key = others?.action === undefined ? found.name : `${found.name}/${others.action}`;
  const bucket = (destination.buckets()[`${service}/${key}`] ??= { tokens: limit.size, at: now });
  if (!take(bucket, limit, now)) throw throttled(service);
};

const perform = async (context: CallContext, destination: Destination, call: Call): Promise<unknown> => {
  const action = actionOf(destination, call);
  const region = destination.view(call.service);
  authorize(context, call, action.requires(call.input, region, call.caller));
  throttle(context, destination, call);
  const output = deepCopy(await action.run(call.input, region, call.caller));
  if (isMutating(call.action, call.input)) trailOf(destination)?.record(call);
  return output;
};

/** A region of a test may have none. */
const trailOf = (destination: Destination): CloudTrailService | undefined =>
  destination.service('cloudtrail') as CloudTrailService | undefined;

const never = (): Promise<never> => new Promise<never>(() => undefined);

/** If the region or the service is down, the call is refused or never answered. */
const passOutage = (
  context: CallContext,
  { name: region }: Destination,
  { service }: Call,
): Promise<void> => {
  const outage = outageOf(context.faults(), { region, service, now: context.clock.now() });
  if (!outage) return Promise.resolve();
  if (outage.manner === 'silent') return never();
  throw unavailable();
};

/** Performs a call with its fault. The answer may get lost, even if it is a refusal. */
const performFaulty = async (
  context: CallContext,
  destination: Destination,
  call: Call,
  fault: CallFault | undefined,
): Promise<unknown> => {
  if (!fault) return perform(context, destination, call);
  if ('before' in fault) throw fault.before;
  await perform(context, destination, call).catch((error: unknown) => {
    if (!(error instanceof AwsError)) throw error;
  });
  if ('after' in fault) throw fault.after;
  return never();
};

/** Reports a call to the observer of requests, if there is one. Calls that AWS makes itself are not reported. */
const report = ({ caller, service, action, input }: Call, error?: unknown): void => {
  if (caller.kind === 'service') return;
  const refused = error instanceof AwsError ? { refused: error.code } : {};
  requestObserver()?.({
    service,
    action,
    principal: { kind: caller.kind, name: caller.name },
    input,
    ...refused,
  });
};

const note = (context: CallContext, destination: Destination, call: Call): CallRecord | undefined => {
  const log = context.log();
  if (!log) return undefined;
  const noted: CallRecord = {
    at: context.clock.now(),
    region: destination.name,
    caller: call.caller.name,
    service: call.service,
    action: call.action,
    input: deepCopy(call.input),
    mutating: isMutating(call.action, call.input),
  };
  log(noted);
  return noted;
};

/**
 * The path of one call: copy in, half the latency, faults, permission, throttling, the action, copy out, the other
 * half. A refused or throttled call has no effect. An error that is not an {@link AwsError} is a defect of the cloud;
 * it makes the run fail, whatever the caller does with it.
 */
export const answerCall = async (
  context: CallContext,
  destination: Destination,
  arriving: Call,
): Promise<unknown> => {
  const call = { ...arriving, input: deepCopy(arriving.input) };
  const latency = context.chances.stream(`latency/${destination.name}/${call.service}/${call.caller.name}`);
  const halfway = () =>
    context.clock.sleep(latency.around(context.timings.apiMs / 2, context.timings.spread));
  await halfway();
  const names = { caller: call.caller.name, service: call.service, action: call.action };
  const count = countCall(context.record(), names);
  const noted = note(context, destination, call);
  try {
    if (context.faults().outage) await passOutage(context, destination, call);
    const fault = context.faults().call?.({ ...call, region: destination.name, count });
    const output = await performFaulty(context, destination, call, fault);
    if (requestObserver()) report(call);
    await halfway();
    return output;
  } catch (error) {
    if (noted) noted.error = error instanceof Error ? error.name : String(error);
    if (!(error instanceof AwsError)) context.clock.fail(error);
    if (requestObserver()) report(call, error);
    await halfway();
    throw error;
  }
};

/**
 * A call by AWS itself on behalf of a caller. Permission and outages apply to it; latency, other faults and throttling
 * do not.
 */
export const callInside = async (
  context: CallContext,
  destination: Destination,
  call: Call,
): Promise<unknown> => {
  const input = deepCopy(call.input);
  const action = actionOf(destination, call);
  const seen = { region: destination.name, service: call.service, now: context.clock.now() };
  if (outageOf(context.faults(), seen)) throw unavailable();
  const region = destination.view(call.service);
  authorize(context, { ...call, input }, action.requires(input, region, call.caller));
  return deepCopy(await action.run(input, region, call.caller));
};
