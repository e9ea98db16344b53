import type { Roles } from '../cloud/roles';
import { KeySchemaChanged } from '../dynamodb/putTable';
import type { Stacks } from '../cloud/stacks';
import type { Region } from '../core/service';
import type { Compiled } from './compiled';
import { creators } from './creators';
import type { Stack } from './installed';
import { type Resource, resolveTemplate } from './resolve';
import { checkNames, forgetNameless, madeOf, removeOthers } from './update';

/** The parts of a cloud that the installation needs. */
export interface Installable {
  readonly account: string;
  roles: Roles;
  /** What was installed before. The new installation is added here. */
  stacks?: Stacks;
  region(name: string): Region;
}

export interface InstallOptions {
  /** The region of the stack. */
  readonly region: string;
  /** The value of `AWS::StackName`, with which generated names begin. */
  readonly stackName: string;
  /** Exports of other stacks, by name. */
  readonly imports?: Readonly<Record<string, string>>;
  /** The template's parameters, by name. An omitted one has its default. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The command that makes a new cloud, for the error if the items of a table cannot be kept. */
  readonly resetCommand?: string;
}

/** Loads the functions' code into a region, at installation and after a restore, since code is not saved. */
export const loadCode = (
  cloud: Pick<Installable, 'region'>,
  compiled: Compiled,
  regionName: string,
): void => {
  cloud.region(regionName).service('lambda').loadCode(compiled.bundles);
};

const adviceOf = (error: unknown, resetCommand: string | undefined): string =>
  error instanceof KeySchemaChanged && resetCommand !== undefined
    ? `; make a new cloud with "${resetCommand}"`
    : '';

const createAll = async (stack: Stack, resetCommand: string | undefined): Promise<void> => {
  const problems: string[] = [];
  for (const [type, create] of creators) {
    for (const resource of stack.resources.filter((one) => one.type === type)) {
      try {
        await create(resource, stack);
      } catch (error) {
        const { message } = error as Error;
        problems.push(`${resource.logicalId} (${type}): ${message}${adviceOf(error, resetCommand)}`);
      }
    }
  }
  if (problems.length > 0) throw new Error(`The template cannot be installed:\n${problems.join('\n')}`);
};

/**
 * Creates all resources of the template in a region of the cloud, and loads the functions' code. A resource that the
 * template lacks is missing in the cloud too.
 *
 * If a template was installed before, its stack is updated. Existing resources are changed in place: tables keep
 * their items, queues their messages, parameters and documents their versions. Resources that are no longer in the
 * template are removed, except those with `DeletionPolicy: Retain`. If a new resource has the name of an existing
 * one, that one is adopted, like in a change set with ImportExistingResources.
 *
 * @throws Error with each resource that cannot be created or changed, and the reason; the cloud is then half updated
 *   and must be discarded
 */
export const installStack = async (
  cloud: Installable,
  compiled: Compiled,
  { region: regionName, stackName, imports = {}, parameters, resetCommand }: InstallOptions,
): Promise<readonly Resource[]> => {
  const region = cloud.region(regionName);
  const place = { region: regionName, account: cloud.account, partition: 'aws', stackName } as const;
  const resources = resolveTemplate(compiled.template, {
    ...place,
    imports,
    ...(parameters && { parameters }),
  });
  checkNames(
    resources,
    Object.entries(cloud.stacks ?? {}).flatMap(([name, made]) => (name === regionName ? [] : made)),
  );
  const roles: Roles = { ...cloud.roles };
  cloud.roles = roles;
  loadCode(cloud, compiled, regionName);
  const stack = { region, roles, resources };
  forgetNameless(stack);
  await createAll(stack, resetCommand);
  removeOthers(cloud.stacks?.[regionName] ?? [], stack);
  cloud.stacks = { ...cloud.stacks, [regionName]: madeOf(resources, compiled.template) };
  return resources;
};
