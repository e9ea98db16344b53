import type { Region } from '../../core/service';
import { isOnline, stateOf } from '../agents';
import { install } from '../ec2';
import type { Command, Invocation, InvocationStatus, Outcome } from '../state';
import { publishCommand, publishInvocation } from './events';
import { planRun, versionInstalled } from './outcome';
import { concurrencyOf } from './rates';
import { finalStatus, hasEnded, tooManyErrors } from './status';

/** From SendCommand until the command is sent to the first instances. */
const sendingMs = 300;
/** From CancelCommand until a running document has stopped. */
const cancellingMs = 1_000;

interface RunRef {
  readonly commandId: string;
  readonly instanceId: string;
  readonly startedAt: number;
}

const find = (region: Region, { commandId, instanceId }: Omit<RunRef, 'startedAt'>) => {
  const command = stateOf(region).commands[commandId];
  const invocation = command?.invocations.find((one) => one.instanceId === instanceId);
  return command && invocation ? { command, invocation } : undefined;
};

/** Schedules the start and the expiry of a new command. */
export const begin = (region: Region, command: Command): void => {
  stateOf(region).commands[command.id] = command;
  region.schedule(sendingMs, 'ssm', 'send', { commandId: command.id });
  region.schedule(command.expiresAt - region.now(), 'ssm', 'expire', { commandId: command.id });
};

const setStatus = (
  region: Region,
  command: Command,
  invocation: Invocation,
  status: InvocationStatus,
  statusDetails: string = status,
) => {
  invocation.status = status;
  invocation.statusDetails = statusDetails;
  if (hasEnded(invocation)) invocation.endedAt = region.now();
  publishInvocation(region, command, invocation);
};

/** Ends the command if all its invocations have ended. */
const settle = (region: Region, command: Command) => {
  if (hasEnded(command) || !command.invocations.every(hasEnded)) return;
  Object.assign(command, finalStatus(command), { endedAt: region.now() });
  publishCommand(region, command);
  region.span({
    kind: 'command',
    subject: command.id,
    startedAt: command.requestedAt,
    endedAt: region.now(),
  });
};

/** The agent receives the command and runs its document. */
const start = (region: Region, command: Command, invocation: Invocation) => {
  const { outcome, durationMs } = planRun(region, command, invocation.instanceId);
  const limitMs = command.executionTimeoutSeconds * 1000;
  const timedOut = durationMs === undefined || durationMs > limitMs;
  invocation.startedAt = region.now();
  invocation.outcome = timedOut ? executionTimedOut(outcome) : outcome;
  region.schedule(timedOut ? limitMs : durationMs, 'ssm', 'finish', {
    commandId: command.id,
    instanceId: invocation.instanceId,
    startedAt: invocation.startedAt,
  } satisfies RunRef);
};

const executionTimedOut = ({ output }: Outcome): Outcome => ({
  status: 'TimedOut',
  statusDetails: 'ExecutionTimedOut',
  responseCode: 137,
  output,
  errorOutput: 'failed to run commands: signal: killed',
});

/**
 * Sends one invocation to its agent. If the agent is offline, the invocation stays in progress until the agent is
 * back or it expires.
 */
const send = (region: Region, command: Command, invocation: Invocation) => {
  const managed = stateOf(region).managed[invocation.instanceId];
  if (!managed || managed.status === 'gone') {
    setStatus(region, command, invocation, 'Failed', 'Undeliverable');
    return;
  }
  setStatus(region, command, invocation, 'InProgress');
  if (isOnline(region, invocation.instanceId)) start(region, command, invocation);
};

const isRunning = ({ status }: Invocation): boolean => status === 'InProgress' || status === 'Cancelling';

/** Sends the command to as many further instances as MaxConcurrency allows, unless MaxErrors has stopped it. */
const advance = (region: Region, command: Command) => {
  if (hasEnded(command)) return;
  const most = concurrencyOf(command.maxConcurrency, command.invocations.length);
  const isStopped = tooManyErrors(command);
  let running = command.invocations.filter(isRunning).length;
  for (const invocation of command.invocations) {
    if (invocation.status !== 'Pending') continue;
    if (isStopped) setStatus(region, command, invocation, 'Cancelled', 'Terminated');
    else if (running >= most) break;
    else send(region, command, invocation);
    if (isRunning(invocation)) running += 1;
  }
  settle(region, command);
};

/** Sends the command to the first instances. */
export const sendDue = (region: Region, { commandId }: { commandId: string }): void => {
  const command = stateOf(region).commands[commandId];
  if (!command || hasEnded(command)) return;
  if (command.invocations.length > 0) {
    command.status = command.statusDetails = 'InProgress';
    publishCommand(region, command);
  }
  advance(region, command);
};

/** A document has ended. If the agent is offline, the result is not reported. */
export const finishDue = (region: Region, run: RunRef): void => {
  const found = find(region, run);
  if (found?.invocation.status !== 'InProgress' || found.invocation.startedAt !== run.startedAt) return;
  const { command, invocation } = found;
  const { outcome } = invocation;
  if (!outcome || !isOnline(region, run.instanceId)) return;
  const version = versionInstalled(region, command);
  if (outcome.status === 'Success' && version !== undefined) install(region, run.instanceId, version);
  setStatus(region, command, invocation, outcome.status, outcome.statusDetails);
  advance(region, command);
};

/** AWS: when a command expires, invocations that have not ended become `DeliveryTimedOut`, whether running or not. */
export const expireDue = (region: Region, { commandId }: { commandId: string }): void => {
  const command = stateOf(region).commands[commandId];
  if (!command || hasEnded(command)) return;
  for (const invocation of command.invocations)
    if (!hasEnded(invocation)) setStatus(region, command, invocation, 'TimedOut', 'DeliveryTimedOut');
  settle(region, command);
};

const runningOn = (region: Region, instanceId: string) =>
  Object.values(stateOf(region).commands).flatMap((command) =>
    hasEnded(command)
      ? []
      : command.invocations
          .filter((one) => one.instanceId === instanceId && one.status === 'InProgress')
          .map((invocation) => ({ command, invocation })),
  );

/** An agent is online (again): it runs waiting commands. Commands that the reboot interrupted have failed. */
export const agentOnline = (region: Region, instanceId: string): void => {
  for (const { command, invocation } of runningOn(region, instanceId)) {
    if (invocation.startedAt === undefined) start(region, command, invocation);
    else {
      invocation.outcome = {
        status: 'Failed',
        statusDetails: 'Failed',
        responseCode: 1,
        output: '',
        errorOutput: 'document process failed unexpectedly: the instance was restarted',
      };
      setStatus(region, command, invocation, 'Failed');
      advance(region, command);
    }
  }
};

/** @param instanceIds all instances of the command by default */
export const cancel = (region: Region, command: Command, instanceIds?: readonly string[]): void => {
  if (!instanceIds?.length) command.cancelled = true;
  for (const invocation of command.invocations) {
    if (hasEnded(invocation) || (instanceIds?.length && !instanceIds.includes(invocation.instanceId)))
      continue;
    if (invocation.startedAt === undefined) setStatus(region, command, invocation, 'Cancelled');
    else {
      setStatus(region, command, invocation, 'Cancelling');
      region.schedule(cancellingMs, 'ssm', 'cancelled', {
        commandId: command.id,
        instanceId: invocation.instanceId,
        startedAt: invocation.startedAt,
      } satisfies RunRef);
    }
  }
  advance(region, command);
};

export const cancelledDue = (region: Region, run: RunRef): void => {
  const found = find(region, run);
  if (found?.invocation.status !== 'Cancelling') return;
  setStatus(region, found.command, found.invocation, 'Cancelled');
  advance(region, found.command);
};
