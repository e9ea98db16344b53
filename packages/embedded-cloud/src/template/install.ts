import type { Roles } from '../cloud/roles';
import { KeySchemaChanged } from '../dynamodb/putTable';
import type { Stacks } from '../cloud/stacks';
import type { Region } from '../core/service';
import type { Compiled } from './compiled';
import { creators } from './creators';
import type { Stack } from './installed';
import { type Resource, resolveTemplate } from './resolve';
import { checkNames, forgetNameless, madeOf, removeOthers } from './update';

/** What of a cloud is needed. */
export interface Installable {
  readonly account: string;
  roles: Roles;
  /** What was installed before; what is installed now is put here. */
  stacks?: Stacks;
  region(name: string): Region;
}

export interface InstallOptions {
  /** Where the stack is created. */
  readonly region: string;
  /** What `AWS::StackName` gives, and what the names of unnamed resources begin with. */
  readonly stackName: string;
  /** Exports of other stacks, by name. */
  readonly imports?: Readonly<Record<string, string>>;
  /** The template's parameters, by name. One that is missing has its default. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The command that makes a new cloud: named where the items of a table cannot be kept. */
  readonly resetCommand?: string;
}

/** Hands a region the functions' code: at installation, and once more after a restore, since code is no state. */
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
 * Creates everything that the template describes in a region of the cloud, and loads the functions' code. The cloud
 * holds afterwards what the template holds and nothing else: what is missing there is missing here.
 *
 * Where a template was installed before, this is the update of its stack: what is there already is changed in place
 * (tables keep their items, queues their messages, parameters and documents their versions), what the earlier
 * template made and this one does not hold is removed, `DeletionPolicy: Retain` apart. What has the name of a
 * resource that is new in the template is adopted, as a change set with ImportExistingResources does.
 *
 * @throws Error that lists every resource that cannot be created or changed, with its reason; the cloud is then
 * half updated, and must be thrown away.
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
