import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ApplicationSettings } from '../application/schema';
import { chunks } from '../aws/chunks';
import { refusalOf } from '../aws/dryRun';
import type { StepContext } from '../engine/context';
import { FleetUnsettled, ProvisionFailed } from '../engine/errors';
import { causesOfCommand } from './agents';
import { concurrency } from './concurrency';
import { describeGroup, inService } from '../fleet/group';
import { describeInstances } from '../fleet/instances';
import { pickOne } from '../fleet/pick';
import { partMark, tagList, tags, type Tags } from '../aws/tags';
import { commandKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import type { CommandPart, ProvisioningPart } from './commandEffect';
import { type Invocation, listInvocations, startCommand } from './commands';
import { commandState } from './commandState';
import { setInstanceTags } from './instanceTags';
import {
  type FailedInstance,
  type CommandJudgement,
  judgeCommand,
  mayHaveBegun,
  toleratedErrors,
} from './judgeCommand';
import { describeFailures } from './output';
import { documentFor } from './parameters';
import { findRevision } from './revision';
import { tagTouched } from './touched';
import { type SubjectClients, type Subjects, subjectsOf } from './subjects';

export type ProvisionClients = SubjectClients & { readonly ssm: SSMClient };

/** `SendCommand` takes no more ids; more instances are found by their tags. */
const maxInstanceIds = 50;

/** How one command ended, kept between polls. */
interface Ended extends CommandJudgement {
  readonly commandId: string;
  readonly at: number;
}

/** What Provision remembers between two polls. */
export interface ProvisionMemo extends Record<string, unknown> {
  /** The instances in service when it began. */
  readonly instances: readonly string[];
  readonly first: string;
  /** Ids of commands. */
  readonly sent: Readonly<Partial<Record<CommandPart, string>>>;
  readonly ended: Readonly<Partial<Record<CommandPart, Ended>>>;
  readonly firstHealthy: boolean;
  /** Those that are tagged as touched, since a command may have begun there. */
  readonly touched: readonly string[];
}

type Waiting = Extract<Progress, { waitFor: readonly string[] }>;
type Memo = Partial<ProvisionMemo>;
type Save = (memo: Memo) => Promise<void>;

interface Work {
  readonly context: StepContext;
  readonly clients: ProvisionClients;
  readonly subjects: Subjects;
  readonly memo: Memo;
  readonly save: Save;
  readonly instances: readonly string[];
  readonly first: string;
  /** Of the source, once it is known. */
  readonly revision?: string | undefined;
}

/**
 * Runs the provisioning document on the recorded instances: on one first, which has to be healthy afterwards, then on the
 * rest in batches.
 * @throws ProvisionFailed, InstanceUnhealthy, FleetUnsettled, BuilderFailed
 */
export const provision = async (
  context: StepContext,
  memo: Memo,
  save: Save,
  clients: ProvisionClients,
): Promise<Progress> => {
  const begun = await begin(context, memo, save, clients);
  const went = await runFirst(begun);
  if ('waitFor' in went) return went;
  const { first, tried } = went;
  const instance = tried.at(-1) ?? begun.first;
  const work = { ...begun, first: instance };
  await refuse(work, [first], 0);
  const health = await awaitFirst(work, first);
  if (health) return health;
  const { commandId, succeeded } = first;
  // Read once: as soon as the rest has its command, it stands in the record, or is not known.
  const revision =
    memo.sent?.rest === undefined
      ? await findRevision(context, clients.ssm, { commandId, instance: succeeded[0] })
      : context.record.revision;
  const rest = work.instances.filter((id) => !tried.includes(id));
  if (rest.length === 0) return complete(work, [first]);
  const others = await runPart({ ...work, revision }, 'rest', rest);
  if ('waitFor' in others) return others;
  await refuse(work, [first, others], tolerated(work));
  return complete(work, [first, others]);
};

/**
 * Runs the command on the first instance. If that one leaves the fleet meanwhile, another goes first: the version has to
 * be tested, and its source to be found.
 * @returns how it ended, and on which instances it was tried.
 */
const runFirst = async (
  work: Work,
): Promise<{ readonly first: Ended; readonly tried: readonly string[] } | Waiting> => {
  const { context, clients, instances } = work;
  const first = await runPart(work, 'first', [work.first]);
  if ('waitFor' in first) return first;
  const next = pickOne(
    instances.filter((id) => id !== work.first),
    `${context.record.deployment} next`,
  );
  if (next === undefined || first.gone.length === 0) return { first, tried: [work.first] };
  // By its tag it would run the command of the rest, too.
  await setInstanceTags(context, clients.ec2, 'next', await describeInstances(clients.ec2, [next]), () => ({
    [tags.part]: partMark(context.record.deployment, 'first'),
  }));
  const again = await runCommand(work, 'first again', [next], [next]);
  if ('waitFor' in again) return again;
  const { missed, failed } = again;
  return {
    first: { ...again, missed: [], failed: [...failed, ...neverReached(missed)] },
    tried: [work.first, next],
  };
};

const tolerated = ({ context, instances }: Work): number =>
  toleratedErrors(context.settings.provisioning.maxErrors, instances.length);

const begin = async (
  context: StepContext,
  memo: Memo,
  save: Save,
  clients: ProvisionClients,
): Promise<Work> => {
  const { record } = context;
  const subjects = subjectsOf(context, clients);
  const instances = memo.instances ?? (await subjects.list());
  const first = memo.first ?? pickOne(instances, `${record.deployment} first`) ?? '';
  if (memo.sent === undefined) {
    // Saved before anything is changed: a retry works on the same instances.
    const [described] = await Promise.all([
      describeInstances(clients.ec2, instances),
      memo.instances ? undefined : save({ instances, first }),
    ]);
    await setInstanceTags(context, clients.ec2, 'part', described, (id) => ({
      [tags.part]: partMark(record.deployment, id === first ? 'first' : 'rest'),
    }));
  }
  return { context, clients, subjects, memo, save, instances, first };
};

/** Sends a command by tags. Tags spread with a delay, so instances that it missed get further commands. */
const runPart = async (
  work: Work,
  part: ProvisioningPart,
  ids: readonly string[],
): Promise<Ended | Waiting> => {
  const byTag: Tags = { [tags.part]: partMark(work.context.record.deployment, part) };
  const ended = await runCommand(work, part, ids, byTag);
  if ('waitFor' in ended || ended.missed.length === 0) return ended;
  return runAgain(work, part, ended);
};

/**
 * Sends the command by ids, so that no instance runs it twice. Each command takes as many ids as it may. The commands
 * run one after the other, so that no more instances work at once than may; after too many failures no more are sent.
 */
const runAgain = async (work: Work, part: ProvisioningPart, first: Ended): Promise<Ended | Waiting> => {
  let all: Ended = { ...first, missed: [] };
  for (const [index, ids] of chunks(first.missed, maxInstanceIds).entries()) {
    if (all.failed.length > tolerated(work)) {
      all = { ...all, failed: [...all.failed, ...neverReached(ids)] };
      continue;
    }
    const name =
      index === 0 ? (`${part} again` as const) : (`${part} again${(index + 1).toString(36)}` as const);
    const again = await runCommand(work, name, ids, ids);
    if ('waitFor' in again) return again;
    all = {
      ...again,
      succeeded: [...all.succeeded, ...again.succeeded],
      gone: [...all.gone, ...again.gone],
      failed: [...all.failed, ...again.failed, ...neverReached(again.missed)],
      missed: [],
    };
  }
  return all;
};

const neverReached = (ids: readonly string[]): FailedInstance[] =>
  ids.map((id) => ({ id, reason: 'the command never reached it', begun: false }));

const runCommand = async (
  work: Work,
  part: CommandPart,
  ids: readonly string[],
  on: readonly string[] | Tags,
): Promise<Ended | Waiting> => {
  const { context, clients, memo, save, subjects } = work;
  const known = memo.ended?.[part];
  if (known) return known;
  const { provisioning } = context.settings;
  const { environment } = context.core;
  const sent = memo.sent?.[part];
  const commandId =
    sent ??
    (await startCommand(context, clients.ssm, {
      part,
      document: documentFor(
        context.record,
        { ownDocument: environment.documents.provision, region: environment.region },
        work.revision,
      ),
      on,
      deliveryTimeoutSeconds: deliverySeconds(provisioning, ids.length),
      maxConcurrency: provisioning.maxConcurrency,
      // A number, so that AWS counts as we do: a percentage would refer to this command's targets.
      maxErrors: String(tolerated(work)),
    }));
  if (sent === undefined) await save({ sent: { ...memo.sent, [part]: commandId } });
  const findings = () => Promise.all([listInvocations(clients.ssm, commandId), subjects.gone(ids)]);
  // A command that an earlier poll sent has probably ended, so its findings are read at once.
  const [state, early] = await Promise.all([
    commandState(clients.ssm, commandId),
    sent === undefined ? undefined : findings(),
  ]);
  const before = work.instances.length - ids.length;
  const waiting = {
    waitFor: [commandKey(commandId)],
    progress: `${String((part === 'first' ? 0 : before) + state.completed)} of ${String(work.instances.length)} instances`,
    why: () => causesOfCommand(clients.ssm, commandId),
  };
  if (!state.over && !early) return waiting;
  const [listed, gone] = early ?? (await findings());
  const invocations = await clarified(work, commandId, listed);
  await markTouched(work, invocations);
  if (!state.over) return waiting;
  const judgement = await judgeAlive(subjects, ids, invocations, gone);
  const ended = { ...judgement, commandId, at: context.core.clock() };
  await save({ ended: { ...memo.ended, [part]: ended } });
  return ended;
};

const unclear: ReadonlySet<string> = new Set(['Cancelled', 'Cancelling', 'TimedOut']);

/** What was cancelled or has expired may have begun or not: its steps tell. */
const clarified = async (
  { clients }: Work,
  commandId: string,
  listed: readonly Invocation[],
): Promise<readonly Invocation[]> =>
  listed.some(({ status }) => unclear.has(status))
    ? listInvocations(clients.ssm, commandId, { withSteps: true })
    : listed;

/** Marks the instances on which a command may have begun since the last look, and nobody else. */
const markTouched = async (work: Work, invocations: readonly Invocation[]): Promise<void> => {
  const { context, clients, save } = work;
  const { touched = [] } = work.memo;
  const begun = invocations.filter(mayHaveBegun).map(({ id }) => id);
  const fresh = begun.filter((id) => !touched.includes(id));
  if (fresh.length === 0) return;
  // After a death the name finds the first try's effect, with those that had begun by then.
  await tagTouched(context, clients.ec2, `tainted after ${String(touched.length)},`, fresh);
  await save({ touched: [...touched, ...fresh] });
};

/** Where it did not succeed everywhere, an instance that died meanwhile counts as gone, too. */
const judgeAlive = async (
  subjects: Subjects,
  ids: readonly string[],
  invocations: readonly Invocation[],
  gone: ReadonlySet<string>,
): Promise<CommandJudgement> => {
  const { failed, missed, ...rest } = judgeCommand(ids, invocations, gone);
  const doubtful = [...failed.map(({ id }) => id), ...missed];
  if (doubtful.length === 0) return { failed, missed, ...rest };
  return judgeCommand(ids, invocations, new Set([...gone, ...(await subjects.dead(doubtful))]));
};

/**
 * AWS counts the time until a command is taken from the request, for all instances alike: the instances of the last
 * batch have to wait for the batches before it.
 */
const deliverySeconds = (
  { deliveryTimeoutSeconds, maxConcurrency, timeoutMinutes }: ApplicationSettings['provisioning'],
  instances: number,
): number => {
  const batches = Math.ceil(instances / concurrency(maxConcurrency, instances));
  return Math.min(deliveryTimeoutSeconds + (batches - 1) * timeoutMinutes * 60, maxDeliverySeconds);
};

/** Systems Manager's maximum (SendCommand, TimeoutSeconds). */
const maxDeliverySeconds = 2_592_000;

/** The first instance tests the version: the others are not touched before it serves again. */
const awaitFirst = async (work: Work, first: Ended): Promise<Progress | undefined> => {
  if (work.memo.firstHealthy === true) return undefined;
  const unhealthy = await work.subjects.healthyIn(work.first, first.at);
  if (unhealthy)
    return {
      waitFor: [],
      expectedSeconds: unhealthy.seconds,
      progress: `checking that ${work.first} is healthy`,
      ...(unhealthy.why !== undefined && { reason: unhealthy.why }),
    };
  await work.save({ firstHealthy: true });
  return undefined;
};

const failuresOf = (parts: readonly Ended[]): (FailedInstance & { commandId: string })[] =>
  parts.flatMap(({ failed, commandId }) => failed.map((one) => ({ ...one, commandId })));

/** @throws ProvisionFailed if more instances have failed than may. */
const refuse = async (work: Work, parts: readonly Ended[], most: number): Promise<void> => {
  const failed = failuresOf(parts);
  if (failed.length <= most) return;
  const { record, core } = work.context;
  const stopped = failed.filter(({ begun }) => !begun).length;
  throw new ProvisionFailed(
    `Provisioning ${record.application} with ${record.version} failed on ${String(failed.length - stopped)} of ${String(work.instances.length)} instances ` +
      `${stopped > 0 ? `and never began on ${String(stopped)} ` : ''}(provisioning.maxErrors allows ${work.context.settings.provisioning.maxErrors}); the whole output is in ` +
      `s3://${core.environment.outputBucket}/${record.application}/${record.deployment}/.`,
    { problems: await describeFailures(work.clients.ssm, failed) },
  );
};

/** Sets the version tag of the instances that succeeded. Those that failed stay `tainted`: the rollout replaces them. */
const complete = async (work: Work, parts: readonly Ended[]): Promise<Progress> => {
  const { context, clients } = work;
  const { record, core } = context;
  const succeeded = parts.flatMap((part) => part.succeeded);
  if (succeeded.length === 0)
    throw new FleetUnsettled(
      `All ${String(work.instances.length)} instances left group ${record.group} while they were provisioned; try again when the fleet is quiet.`,
    );
  const described = await describeInstances(clients.ec2, succeeded);
  await setInstanceTags(context, clients.ec2, 'version', described, () => ({
    [tags.version]: record.version,
  }));
  const failed = failuresOf(parts);
  if (failed.length > 0)
    await core.records.warn(
      record.deployment,
      `Provisioning failed on ${failed.map(({ id, reason }) => `${id} (${reason})`).join(', ')}, which provisioning.maxErrors allows; the rollout replaces what is not on ${record.version}.`,
    );
  return { over: { provisioned: succeeded.length, failed: failed.length } };
};

/** Dry run: may the role tag the fleet's instances? */
export const tryProvision = async (
  context: StepContext,
  { autoScaling, ec2 }: Pick<ProvisionClients, 'autoScaling' | 'ec2'>,
): Promise<string | undefined> => {
  const ids = inService(await describeGroup(autoScaling, context.record.group));
  if (ids.length === 0) return undefined;
  return refusalOf(() =>
    ec2.send(
      new CreateTagsCommand({
        DryRun: true,
        Resources: ids.slice(0, 1000),
        Tags: tagList({ [tags.part]: partMark(context.record.deployment, 'rest') }),
      }),
    ),
  );
};
