import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { imageFrom, verifiesImage } from '../../engine/imageFrom';
import type { StepContext } from '../../engine/context';
import { FleetMoving, PreflightFailed, TransientError } from '../../engine/errors';
import type { Baseline, DeploymentRecord, LaunchTemplateRef } from '../../engine/record';
import type { DryRunAnswer } from '../../engine/step';
import { groupBefore } from '../../rollout/externalChanges';
import { runChecks } from './checks';
import { type Timeouts, timeoutsOf } from './estimate';
import type { PreflightFacts } from './facts';
import type { CheckClients } from './clients';
import { gatherPreflight } from './gather';

/** The states whose EC2 calls can be tried beforehand, by where the image comes from. */
const tried = {
  fleet: ['Provision', 'BakeImage', 'SwapLaunchTemplate'],
  running: ['BakeImage', 'SwapLaunchTemplate'],
  builder: ['LaunchBuilder', 'SwapLaunchTemplate'],
  image: ['SwapLaunchTemplate'],
} as const;

/**
 * All checks before anything is touched.
 * @param waited what was on its way was waited for: what still moves counts as it is now.
 * @throws PreflightFailed that lists everything that is wrong; FleetMoving if something has to be waited for first.
 */
export const preflight = async (
  context: StepContext,
  clients: CheckClients,
  waited = false,
): Promise<{ timeouts: Timeouts }> => {
  const { record, settings, core } = context;
  const facts = await gatherPreflight(context, clients, {
    dryRuns: () => dryRuns(context, clients.lambda),
  });
  const checks = runChecks({ record, settings, facts, waited });
  const problems = checks.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0)
    throw new PreflightFailed(
      `Preflight of ${record.application} ${record.version} found ${String(problems.length)} problem${problems.length === 1 ? '' : 's'}; nothing was touched.`,
      { problems },
    );
  if (facts.moving.length > 0 && !waited)
    throw new FleetMoving(
      `${record.application} ${record.version} waits: ${facts.moving.map(({ what }) => what).join(', ')}.`,
    );
  const { id = '', version = '' } = facts.group.launchTemplate ?? {};
  const groupTemplate = { id, version };
  const timeouts = timeoutsOf(settings, facts);
  const baseline = baselineOf(facts, groupTemplate, record);
  if (baseline.version === undefined && facts.presentImage?.state !== 'available')
    await core.records.warn(
      record.deployment,
      `There is no way back from ${record.version}: no release is good, and image ${facts.template?.imageId ?? '(none)'}, from which group ${record.group} launches now, is ${facts.presentImage?.state ?? 'gone'}. Keep what is deployed next.`,
    );
  // The deadlines travel with the state; the machine Mend finds them in the record.
  await core.records.set(record.deployment, {
    groupTemplate,
    groupBefore: groupBefore(facts.group),
    timeouts,
    fleetSize: facts.members.length,
    baseline,
    muted: facts.gates.filter(({ state }) => state === 'ALARM').map(({ name }) => name),
  });
  return { timeouts };
};

/** How what ran before the first deployment is called, unless its tags say. */
const baselineVersion = 'baseline';

/**
 * What the fleet is restored to: the last release marked as good, if there is one; else, for a fleet that is not
 * provisioned in place, what its group uses now. If the group uses the good release's image under a newer template
 * version (a person changed, say, the instance type), that version is kept.
 */
const baselineOf = (
  { template, lastGood, lastGoodLacks, presentImage }: PreflightFacts,
  groupTemplate: LaunchTemplateRef,
  record: DeploymentRecord,
): Baseline => {
  // The fleet cannot go back to a release whose image or template is gone.
  if (!lastGood || lastGoodLacks.length > 0) {
    const launches = presentImage?.state === 'available';
    // Where an instance becomes the image, the launch template does not say what runs.
    const from = imageFrom(record);
    // An image that the group launches already is what the deployment makes a release of.
    const beside = from === 'builder' || (from === 'image' && record.image !== template?.imageId);
    return {
      ...(template?.imageId !== undefined && { image: template.imageId }),
      launchTemplate: groupTemplate,
      ...(launches && beside && { version: template?.versionTag ?? baselineVersion, unreleased: true }),
    };
  }
  const launchTemplate = template?.imageId === lastGood.image ? groupTemplate : lastGood.launchTemplate;
  return { version: lastGood.version, image: lastGood.image, launchTemplate };
};

/**
 * The error of a function, as `NAME: MESSAGE`.
 * @throws TransientError: a transient error of a dry run becomes Preflight's own, so that it is tried again.
 */
const failureOf = (state: string, text: string): string => {
  const { errorType, errorMessage } = JSON.parse(text) as { errorType?: string; errorMessage?: string };
  if (errorType === 'TransientError') throw new TransientError(`${state}: ${errorMessage ?? ''}`);
  return errorType === undefined ? (errorMessage ?? text) : `${errorType}: ${errorMessage ?? ''}`;
};

/**
 * Each state tries its own calls under its own role: with Preflight's role they would prove nothing.
 * @param planned a record that is in no table, since nothing was started.
 */
export const dryRuns = async (
  { core, record }: Pick<StepContext, 'core' | 'record'>,
  lambda: LambdaClient,
  planned: { readonly record?: DeploymentRecord } = {},
): Promise<PreflightFacts['dryRuns']> => {
  const { service, stage } = core.environment;
  return Promise.all(
    [...tried[imageFrom(record)], ...(verifiesImage(record) ? ['VerifyImage'] : [])].map(async (state) => {
      const { FunctionError: failed, Payload: payload } = await lambda.send(
        new InvokeCommand({
          FunctionName: `${service}-${stage}-${state}`,
          Payload: new TextEncoder().encode(
            JSON.stringify({ deployment: record.deployment, dryRun: true, ...planned }),
          ),
        }),
      );
      const text = new TextDecoder().decode(payload);
      if (failed !== undefined) return { state, refusal: failureOf(state, text), failed: true as const };
      const { problem } = JSON.parse(text) as DryRunAnswer;
      return { state, refusal: problem };
    }),
  );
};
