import type { Roles } from '../iam/roles';
import type { Region } from '../core/service';
import type { Resource } from './resolve';

/** What is needed to create a resource. */
export interface Stack {
  readonly region: Region;
  /** IAM roles by ARN. They are global, so they belong to the cloud. */
  readonly roles: Roles;
  /** All resources of the template, since some are configured by others. */
  readonly resources: readonly Resource[];
}

/** Creates a resource in its service's state, or changes an existing one. */
export type Create = (resource: Resource, stack: Stack) => void | Promise<void>;
