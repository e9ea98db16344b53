import type { Roles } from '../iam/roles';
import { actionsOf } from '../cloudformation/actions';
import { Engine } from '../cloudformation/engine';
import type { CloudFormationState, PlannedFailure } from '../cloudformation/state';
import type { AnyAction, Region, Service } from '../core/service';

declare module '../core/service' {
  interface Services {
    cloudformation: CloudFormationService;
  }
}

export class CloudFormationService implements Service<CloudFormationState> {
  state: CloudFormationState = { stacks: {}, failures: [] };
  readonly engine: Engine;
  readonly actions: Readonly<Record<string, AnyAction>>;

  /** @param roles IAM's, which are global */
  constructor(region: Region, roles: () => Roles) {
    this.engine = new Engine(region, () => this.state, roles);
    this.actions = actionsOf(this.engine);
  }

  /** Lets an operation fail, counted from now. */
  fail(failure: PlannedFailure): void {
    this.state.failures = [...this.state.failures, failure];
  }

  async due(kind: string, payload: unknown): Promise<void> {
    if (kind !== 'step') throw new Error(`CloudFormation does not know ${kind}.`);
    await this.engine.step((payload as { readonly id: string }).id);
  }
}

export const makeCloudFormation = (region: Region, roles: () => Roles): CloudFormationService =>
  new CloudFormationService(region, roles);
