import type { Roles } from '../cloud/roles';
import type { Region } from '../core/service';
import type { Resource } from './resolve';

/** What a resource needs in order to be created. */
export interface Stack {
  readonly region: Region;
  /** IAM's roles by ARN: global, so that they belong to the cloud. */
  readonly roles: Roles;
  /** All resources of the template, so that one may look at another that configures it. */
  readonly resources: readonly Resource[];
}

/** Creates a resource in its service's state, or changes the one that is there to what the template says. */
export type Create = (resource: Resource, stack: Stack) => void | Promise<void>;
