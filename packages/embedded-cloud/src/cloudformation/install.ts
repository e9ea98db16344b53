import { saltOf } from './actions';
import { madeOf, planStack } from './plan';
import type { Engine } from './engine';
import type { StackState } from './state';
import type { Region } from '../core/service';
import type { Compiled } from '../template/compiled';
import { type Resource, resolveTemplate } from '../template/resolve';
import { checkNames } from './names';

/** The parts of a cloud that the installation needs. */
export interface Installable {
  readonly account: string;
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

const adviceOf = (reason: string, resetCommand: string | undefined): string =>
  resetCommand !== undefined && /items cannot be kept|already exists/.test(reason)
    ? `; make a new cloud with "${resetCommand}"`
    : '';

/** The stack of that name, or a new one. Its id is the same in each run, since generated names depend on it. */
const stackOf = (engine: Engine, name: string): StackState => engine.find(name) ?? engine.add(name, '0');

/**
 * Creates all resources of the template in a region of the cloud as CloudFormation does, without time passing, and loads
 * the functions' code. A resource that the template lacks is missing in the cloud too.
 *
 * If a template was installed before under that name, its stack is updated: tables keep their items, queues their
 * messages, parameters and documents their versions. Resources that are no longer in the template are removed, except
 * those that it retains. A name that something else has already is refused.
 *
 * @throws Error with each resource that cannot be created or changed, and the reason; the cloud is then half updated
 *   and must be discarded
 */
export const installStack = async (
  cloud: Installable,
  compiled: Compiled,
  { region: regionName, stackName, imports = {}, parameters = {}, resetCommand }: InstallOptions,
): Promise<readonly Resource[]> => {
  const region = cloud.region(regionName);
  const { engine } = region.service('cloudformation');
  const before = engine.find(stackName);
  const { template } = compiled;
  const resources = resolveTemplate(template, {
    region: regionName,
    account: cloud.account,
    partition: 'aws',
    stackName,
    imports,
    parameters,
    ...(before && saltOf(before)),
  });
  checkNames(resources);
  loadCode(cloud, compiled, regionName);
  const { id, resources: present } = stackOf(engine, stackName);
  const wanted = resources.map((resource) => madeOf(resource, template));
  const { forward, cleanup } = planStack(present, wanted, new Set());
  const kind = before ? 'update' : 'create';
  const failures = await engine.workNow(id, { kind, operations: forward, next: 0 });
  if (failures.length > 0) {
    const problems = failures.map(
      ([{ logicalId, type }, reason]) => `${logicalId} (${type}): ${reason}${adviceOf(reason, resetCommand)}`,
    );
    throw new Error(`The template cannot be installed:\n${problems.join('\n')}`);
  }
  await engine.workNow(id, { kind: 'cleanup', operations: cleanup, next: 0 });
  const declared = Object.entries(template.Parameters ?? {});
  engine.change(id, {
    template,
    parameters: Object.fromEntries(
      declared.map(([name, { Default }]) => [name, parameters[name] ?? String(Default)]),
    ),
  });
  engine.setStatus(id, before ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE');
  return resources;
};
