import type { Region } from '../../core/service';
import { behaviourOf, stateOf } from '../agents';
import type { Command, FailureRule, Outcome } from '../state';
import { sourceReport } from './sources';

/** How long a document runs that provisions nothing and has no configured duration. */
const shortMs = 2_000;

/** A word such as v2 or v1.4.2 in a shell command. */
const versionWord = /(?:^|[\s'"=:@/])(v\d[A-Za-z0-9._+-]*)(?=$|[\s'";&|/])/;

/**
 * The version that a command installs, from the document's entry in `provisioners`, else from a parameter `Version`,
 * else from a variable `version=` (or `app_version=`) in the extra variables, else from a word of a shell command.
 * Undefined if it installs none.
 */
export const versionInstalled = (region: Region, command: Command): string | undefined => {
  const { parameters, documentName } = command;
  const provisioner = stateOf(region).provisioners[documentName];
  const valueOf = (name: string) => parameters[name]?.[0];
  const variable = (text: string | undefined, name: string) =>
    new RegExp(`(?:^|\\s)(?:${name})=["']?([^\\s"']+)`).exec(text ?? '')?.[1];
  if (provisioner)
    return provisioner.variable === undefined
      ? valueOf(provisioner.parameter)
      : variable(valueOf(provisioner.parameter), provisioner.variable);
  return (
    valueOf('Version') ??
    valueOf('version') ??
    variable(valueOf('ExtraVariables'), '\\w*version') ??
    versionWord.exec((parameters.commands ?? []).join('\n'))?.[1]
  );
};

const findFailure = (region: Region, command: Command, instanceId: string): FailureRule | undefined => {
  const version = versionInstalled(region, command);
  return stateOf(region).failures.find(
    (rule) =>
      (rule.times === undefined || rule.times > 0) &&
      (rule.instanceId === undefined || rule.instanceId === instanceId) &&
      (rule.document === undefined || rule.document === command.documentName) &&
      (rule.version === undefined || rule.version === version),
  );
};

const recap = (instanceId: string, failed: number) =>
  `PLAY RECAP *********************************************************************\n` +
  `${instanceId} : ok=${failed ? '11' : '14'} changed=${failed ? '2' : '5'} unreachable=0 failed=${String(failed)} skipped=3\n`;

const success = (instanceId: string, version: string | undefined, report: string): Outcome => ({
  status: 'Success',
  statusDetails: 'Success',
  responseCode: 0,
  output: version === undefined ? report : report + recap(instanceId, 0),
  errorOutput: '',
});

const failure = (rule: FailureRule, instanceId: string, report: string): Outcome => ({
  status: 'Failed',
  statusDetails: 'Failed',
  responseCode: rule.exitCode ?? 2,
  output: rule.output ?? report + recap(instanceId, 1),
  errorOutput: rule.errorOutput ?? `failed to run commands: exit status ${String(rule.exitCode ?? 2)}`,
});

/**
 * When and how a document that starts now on an instance will end. If `durationMs` is undefined, it does not end by
 * itself.
 */
export const planRun = (
  region: Region,
  command: Command,
  instanceId: string,
): { outcome: Outcome; durationMs: number | undefined } => {
  const version = versionInstalled(region, command);
  const usual =
    stateOf(region).durations[command.documentName] ??
    (version === undefined ? shortMs : region.timings.commandMs);
  const report = sourceReport(region, command);
  const durationMs = region.chance.around(usual, region.timings.spread);
  if (behaviourOf(region, instanceId).hangs)
    return { outcome: success(instanceId, version, report), durationMs: undefined };
  const rule = findFailure(region, command, instanceId);
  if (!rule) return { outcome: success(instanceId, version, report), durationMs };
  if (rule.times !== undefined) rule.times -= 1;
  return {
    outcome: failure(rule, instanceId, report),
    durationMs: rule.hangs ? undefined : (rule.durationMs ?? durationMs),
  };
};
