/**
 * The errors of a deployment. Their names are a contract: `ErrorEquals` in statemachines/ and the record match them, so
 * each is written out (a bundler shortens class names).
 */

abstract class DeploymentError extends Error {
  abstract override readonly name: string;
  /** Whether the same may go well at another try; see lib/aws/failure.ts. */
  readonly retry: 'transient' | 'never' = 'never';
  /** It tells the machine where to go, and no general catch may keep it. */
  readonly controlFlow: boolean = false;
  /** Whether the record tells it as the reason why the deployment failed. */
  readonly failsRecord: boolean = true;
  /** All that is wrong, one sentence each; the message is made of them. */
  readonly problems: readonly string[];

  constructor(message: string, options: { cause?: unknown; problems?: readonly string[] } = {}) {
    const problems = options.problems ?? [];
    super(
      problems.length > 0 ? `${message}\n${problems.map((problem) => `- ${problem}`).join('\n')}` : message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.problems = problems.length > 0 ? problems : [message];
  }
}

/** Throttling or AWS's own trouble: the state machine tries the step again. */
export class TransientError extends DeploymentError {
  override readonly name = 'TransientError';
  override readonly retry = 'transient';
  override readonly failsRecord = false;
}
/** The input is not what a deployment takes. Nothing was touched. */
export class InvalidRequest extends DeploymentError {
  override readonly name = 'InvalidRequest';
}
/** A newer request of the same application was accepted before this one. Nothing was touched. */
export class Superseded extends DeploymentError {
  override readonly name = 'Superseded';
}
/** The fleet's lock is held by another deployment or rollback. Nothing was touched. */
export class DeploymentInProgress extends DeploymentError {
  override readonly name = 'DeploymentInProgress';
}
/** The fleet's lock is held, and the settings say that the request waits for it: no failure, but the way to Queue. */
export class MustWait extends DeploymentError {
  override readonly name = 'MustWait';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/** Preflight found something; it lists all. Nothing was touched. */
export class PreflightFailed extends DeploymentError {
  override readonly name = 'PreflightFailed';
}
/** The application has no release yet: its first deployment has not ended well. Nothing was touched. */
export class NoRelease extends DeploymentError {
  override readonly name = 'NoRelease';
}
/** No release that a rollback could go to is marked good. Nothing was touched. */
export class NoGoodRelease extends DeploymentError {
  override readonly name = 'NoGoodRelease';
}
/** The version that was named was never released. Nothing was touched. */
export class UnknownVersion extends DeploymentError {
  override readonly name = 'UnknownVersion';
}
/** The fleet was rolled back to this release already. Nothing was touched. */
export class AlreadyRolledBack extends DeploymentError {
  override readonly name = 'AlreadyRolledBack';
}
/** The image of the release is gone, or not available. Nothing was touched. */
export class ImageGone extends DeploymentError {
  override readonly name = 'ImageGone';
}
/** The launch template version of the release is gone. Nothing was touched. */
export class LaunchTemplateVersionGone extends DeploymentError {
  override readonly name = 'LaunchTemplateVersionGone';
}
/** There was an automatic rollback already, and nobody has acted since. Nothing was touched. */
export class AwaitingPerson extends DeploymentError {
  override readonly name = 'AwaitingPerson';
}
/** Nobody approved the rest of the rollout in time. */
export class NotApproved extends DeploymentError {
  override readonly name = 'NotApproved';
}
/** Somebody, or the compensation of a failed step, asked the deployment to stop. */
export class Halted extends DeploymentError {
  override readonly name = 'Halted';
  override readonly controlFlow = true;
}
/** The lock names another owner or a higher fence: this execution may not change the fleet any more. */
export class LockLost extends DeploymentError {
  override readonly name = 'LockLost';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/** The record is closed; a step that comes after (a redrive, a late retry) ends at once. */
export class DeploymentClosed extends DeploymentError {
  override readonly name = 'DeploymentClosed';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/** Scaling could not be quietened, or no instance is left to work on. */
export class FleetUnsettled extends DeploymentError {
  override readonly name = 'FleetUnsettled';
}
/** Ansible failed on too many instances; the message names them with the end of their output. */
export class ProvisionFailed extends DeploymentError {
  override readonly name = 'ProvisionFailed';
}
/** An instance did not become healthy again in all of its target groups. */
export class InstanceUnhealthy extends DeploymentError {
  override readonly name = 'InstanceUnhealthy';
}
/** The image, or a copy of it, ended as failed. */
export class ImageFailed extends DeploymentError {
  override readonly name = 'ImageFailed';
}
/** The builder instance did not start, or died. */
export class BuilderFailed extends DeploymentError {
  override readonly name = 'BuilderFailed';
}
/** The instance refresh, or the surge, did not succeed. */
export class RolloutFailed extends DeploymentError {
  override readonly name = 'RolloutFailed';
}
/** An alarm that gates the release rings. */
export class AlarmRinging extends DeploymentError {
  override readonly name = 'AlarmRinging';
}
/** The fleet could not be brought back to its last good release. */
export class RestoreFailed extends DeploymentError {
  override readonly name = 'RestoreFailed';
}
/** The record, or an effect of it, was written by a newer version of Forseti, which may mean another thing by it. */
export class UnknownFormat extends DeploymentError {
  override readonly name = 'UnknownFormat';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
