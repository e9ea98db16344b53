/**
 * The errors of a deployment. Their names are a contract: `ErrorEquals` in statemachines/ and the record match them, so
 * each is written out (a bundler shortens class names).
 */

abstract class DeploymentError extends Error {
  abstract override readonly name: string;
  /** Whether another try may succeed; see lib/aws/failure.ts. */
  readonly retry: 'transient' | 'never' = 'never';
  /** It directs the machine, so a general catch must throw it again. */
  readonly controlFlow: boolean = false;
  /** Whether the record gives it as the reason why the deployment failed. */
  readonly failsRecord: boolean = true;
  /** All problems, one sentence each; the message is made of them. */
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

/** Throttling or a transient error of AWS: the state machine tries the step again. */
export class TransientError extends DeploymentError {
  override readonly name = 'TransientError';
  override readonly retry = 'transient';
  override readonly failsRecord = false;
}
/** The input is not valid. Nothing was touched. */
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
/**
 * The fleet's lock is held, and the settings say that the request waits for it. This is no failure: the machine goes to
 * Queue.
 */
export class MustWait extends DeploymentError {
  override readonly name = 'MustWait';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/**
 * Preflight found nothing wrong, but something that is on its way: an instance that is Pending, an agent that has not
 * registered. This is no failure: the machine goes to Settle.
 */
export class FleetMoving extends DeploymentError {
  override readonly name = 'FleetMoving';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/** Preflight found problems; the error lists all of them. Nothing was touched. */
export class PreflightFailed extends DeploymentError {
  override readonly name = 'PreflightFailed';
}
/** The application has no release yet: no deployment of it has ended well. Nothing was touched. */
export class NoRelease extends DeploymentError {
  override readonly name = 'NoRelease';
}
/** No release to which a rollback could go is marked good. Nothing was touched. */
export class NoGoodRelease extends DeploymentError {
  override readonly name = 'NoGoodRelease';
}
/** The named version was never released. Nothing was touched. */
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
/** An automatic rollback has happened, and no person has acted since. Nothing was touched. */
export class AwaitingPerson extends DeploymentError {
  override readonly name = 'AwaitingPerson';
}
/** Another version was deployed since the alarm rang that asks for the rollback. Nothing was touched. */
export class AlarmOutdated extends DeploymentError {
  override readonly name = 'AlarmOutdated';
}
/** No person approved the rest of the rollout in time. */
export class NotApproved extends DeploymentError {
  override readonly name = 'NotApproved';
}
/** A person, a rollback or the compensation of a failed step asked the deployment to stop. */
export class Halted extends DeploymentError {
  override readonly name = 'Halted';
  override readonly controlFlow = true;
  /** A person, an alarm's rollback or, from its compensation, the deployment itself. */
  readonly by: string | undefined;
  constructor(message: string, options: { cause?: unknown; problems?: readonly string[]; by?: string } = {}) {
    super(message, options);
    this.by = options.by;
  }
}
/** The lock names another owner or a higher fence: this execution may no longer change the fleet. */
export class LockLost extends DeploymentError {
  override readonly name = 'LockLost';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/** The record is closed; a later step (a redrive, a late retry) ends at once. */
export class DeploymentClosed extends DeploymentError {
  override readonly name = 'DeploymentClosed';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
/** The group does not exist or does not settle, or it has no instance to work on. */
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
/** No instance of the new image booted well. The group did not get it. */
export class ImageNotVerified extends DeploymentError {
  override readonly name = 'ImageNotVerified';
}
/** The builder instance did not start, or died. */
export class BuilderFailed extends DeploymentError {
  override readonly name = 'BuilderFailed';
}
/** The instance refresh, or the surge, did not succeed. */
export class RolloutFailed extends DeploymentError {
  override readonly name = 'RolloutFailed';
}
/** Somebody has changed the group meanwhile, and the next change of the deployment would overwrite that. */
export class GroupChangedExternally extends DeploymentError {
  override readonly name = 'GroupChangedExternally';
}
/** An alarm that gates the release is in ALARM. */
export class AlarmRinging extends DeploymentError {
  override readonly name = 'AlarmRinging';
}
/** The fleet could not be brought back to its last good release. */
export class RestoreFailed extends DeploymentError {
  override readonly name = 'RestoreFailed';
}
/** A newer version of Forseti wrote the record, or an effect of it, and may mean something else by it. */
export class UnknownFormat extends DeploymentError {
  override readonly name = 'UnknownFormat';
  override readonly controlFlow = true;
  override readonly failsRecord = false;
}
