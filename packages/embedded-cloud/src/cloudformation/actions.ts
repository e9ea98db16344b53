/** CloudFormation's API, as far as an installation uses it. */
import type {
  ContinueUpdateRollbackCommandInput,
  CreateChangeSetCommandInput,
  CreateChangeSetCommandOutput,
  DeleteChangeSetCommandInput,
  DeleteStackCommandInput,
  DescribeChangeSetCommandInput,
  DescribeChangeSetCommandOutput,
  DescribeStackEventsCommandInput,
  DescribeStackEventsCommandOutput,
  DescribeStacksCommandInput,
  DescribeStacksCommandOutput,
  ExecuteChangeSetCommandInput,
  GetTemplateCommandInput,
  GetTemplateCommandOutput,
  ListStackResourcesCommandInput,
  ListStackResourcesCommandOutput,
  UpdateTerminationProtectionCommandInput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../core/errors';
import type { Action, AnyAction, Region } from '../core/service';
import { resolveOutputs, resolveTemplate, type ResolveOptions } from '../template/resolve';
import type { Engine } from './engine';
import { madeOf, planStack } from './plan';
import { checkCapabilities, checkUpdatable, parametersOf, templateOf, validationError } from './requests';
import type { ChangeSet, Operation, Parameters, StackState } from './state';

type Answer<Output> = Omit<Output, '$metadata'>;

/** Events and resources come in pages of so many. */
const pageSize = 100;

/**
 * The letters by which generated names differ between two stacks of the same name. Those of a stack that was installed
 * without a change set are the same in each run.
 */
export const saltOf = ({ id }: Pick<StackState, 'id'>): { readonly salt?: string } => {
  const salt = id.slice(id.lastIndexOf('/') + 1);
  return salt === '0' ? {} : { salt };
};

export const placeOf = (
  stack: Pick<StackState, 'id' | 'name'>,
  region: Region,
  parameters: Parameters,
): ResolveOptions => ({
  region: region.name,
  account: region.account,
  partition: region.partition,
  stackName: stack.name,
  ...saltOf(stack),
  parameters,
});

const missing = (name: string): AwsError => validationError(`Stack with id ${name} does not exist`);

const found = (engine: Engine, name = ''): StackState => {
  const stack = engine.find(name);
  if (!stack) throw missing(name);
  return stack;
};

const arnOf = (region: Region, name = ''): string =>
  name.startsWith('arn:') ? name : region.arn('cloudformation', `stack/${name}/*`);

const action = <Input extends { StackName?: string | undefined }, Output>(
  name: string,
  run: (input: Input, region: Region) => Output,
): Action<Input, Output> => ({
  requires: ({ StackName }, region) => [
    { action: `cloudformation:${name}`, resource: arnOf(region, StackName) },
  ],
  run,
});

const pageOf = <Item>(items: readonly Item[], token: string | undefined) => {
  const from = Number(token ?? 0);
  const end = from + pageSize;
  return { page: items.slice(from, end), ...(end < items.length && { NextToken: String(end) }) };
};

const dated = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));

const outputsOf = (stack: StackState, region: Region) =>
  stack.template === undefined
    ? []
    : Object.entries(resolveOutputs(stack.template, placeOf(stack, region, stack.parameters))).map(
        ([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }),
      );

const describeStacks = (engine: Engine) =>
  action<DescribeStacksCommandInput, Answer<DescribeStacksCommandOutput>>(
    'DescribeStacks',
    ({ StackName }, region) => {
      const stacks = StackName === undefined ? engine.all() : [found(engine, StackName)];
      return {
        Stacks: stacks.map((stack) => ({
          StackId: stack.id,
          StackName: stack.name,
          StackStatus: stack.status as 'CREATE_COMPLETE',
          StackStatusReason: stack.reason,
          CreationTime: new Date(stack.createdAt),
          LastUpdatedTime: dated(stack.updatedAt),
          DeletionTime: dated(stack.deletedAt),
          EnableTerminationProtection: stack.isProtected,
          Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          Outputs: outputsOf(stack, region),
          Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
        })),
      };
    },
  );

const describeEvents = (engine: Engine) =>
  action<DescribeStackEventsCommandInput, Answer<DescribeStackEventsCommandOutput>>(
    'DescribeStackEvents',
    ({ StackName = '', NextToken }) => {
      const stack = engine.find(StackName);
      if (!stack) throw validationError(`Stack [${StackName}] does not exist`);
      const { page, ...more } = pageOf([...stack.events].reverse(), NextToken);
      return {
        StackEvents: page.map(({ id, at, logicalId, ref, type, status, reason }) => ({
          EventId: id,
          StackId: stack.id,
          StackName: stack.name,
          Timestamp: new Date(at),
          LogicalResourceId: logicalId,
          PhysicalResourceId: ref,
          ResourceType: type,
          ResourceStatus: status as 'CREATE_COMPLETE',
          ResourceStatusReason: reason,
        })),
        ...more,
      };
    },
  );

const listResources = (engine: Engine) =>
  action<ListStackResourcesCommandInput, Answer<ListStackResourcesCommandOutput>>(
    'ListStackResources',
    ({ StackName, NextToken }) => {
      const { page, ...more } = pageOf(Object.values(found(engine, StackName).resources), NextToken);
      return {
        StackResourceSummaries: page.map(({ logicalId, ref, type, status, reason, updatedAt }) => ({
          LogicalResourceId: logicalId,
          PhysicalResourceId: ref,
          ResourceType: type,
          ResourceStatus: status as 'CREATE_COMPLETE',
          ResourceStatusReason: reason,
          LastUpdatedTimestamp: new Date(updatedAt),
        })),
        ...more,
      };
    },
  );

const getTemplate = (engine: Engine) =>
  action<GetTemplateCommandInput, Answer<GetTemplateCommandOutput>>('GetTemplate', ({ StackName }) => ({
    TemplateBody: JSON.stringify(found(engine, StackName).template),
    StagesAvailable: ['Original', 'Processed'],
  }));

/** What the change set would do; the resources that already exist count only where they may be imported. */
const planOf = (engine: Engine, stack: StackState, changeSet: ChangeSet, region: Region) => {
  const { template, parameters, importsExisting } = changeSet;
  const wanted = resolveTemplate(template, placeOf(stack, region, parameters)).map((resource) =>
    madeOf(resource, template),
  );
  const existing = importsExisting
    ? wanted.filter((resource) => isNamed(template, resource) && engine.exists(stack.id, resource))
    : [];
  const ids = existing.map(({ logicalId }) => logicalId);
  return { ...planStack(stack.resources, wanted, new Set(ids)), existing };
};

/** Only what the template names can be recognised. */
const isNamed = ({ Resources }: ChangeSet['template'], { logicalId }: Operation['resource']): boolean =>
  Object.keys(Resources[logicalId]?.Properties ?? {}).some((name) => /Name$/.test(name));

const changeSetProblem = (engine: Engine, stack: StackState, changeSet: ChangeSet, region: Region) => {
  try {
    const { forward, cleanup, existing } = planOf(engine, stack, changeSet, region);
    const unsafe = existing.filter(({ deletionPolicy }) => deletionPolicy === undefined);
    if (unsafe.length > 0)
      return (
        'CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the ' +
        `DeletionPolicy attribute specified in the template for successful import: [${unsafe.map(({ logicalId }) => logicalId).join(', ')}]`
      );
    return forward.length === 0 && cleanup.length === 0
      ? "The submitted information didn't contain changes. Submit different information to create a change set."
      : undefined;
  } catch (error) {
    return `Template error: ${(error as Error).message}`;
  }
};

const stackFor = (
  engine: Engine,
  { StackName = '', ChangeSetName, ChangeSetType }: CreateChangeSetCommandInput,
  region: Region,
): StackState => {
  const stack = engine.find(StackName);
  if (ChangeSetType === 'CREATE') {
    if (stack && stack.status !== 'REVIEW_IN_PROGRESS')
      throw new AwsError(
        'ValidationError',
        `Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName ?? ''}].`,
      );
    return stack ?? engine.add(StackName, region.newId());
  }
  if (!stack) throw validationError(`Stack [${StackName}] does not exist`);
  checkUpdatable(stack);
  return stack;
};

const createChangeSet = (engine: Engine) =>
  action<CreateChangeSetCommandInput, Answer<CreateChangeSetCommandOutput>>(
    'CreateChangeSet',
    (input, region) => {
      const { ChangeSetName: name = '', ChangeSetType: type = 'UPDATE' } = input;
      if (type !== 'CREATE' && type !== 'UPDATE')
        throw validationError(`Change sets of type ${type} are not modelled.`);
      const template = templateOf(input, region);
      const before = engine.find(input.StackName ?? '')?.parameters;
      const parameters = parametersOf(template, input.Parameters, before);
      checkCapabilities(template, input.Capabilities ?? []);
      const stack = stackFor(engine, input, region);
      if (stack.changeSets[name])
        throw new AwsError(
          'AlreadyExistsException',
          `ChangeSet ${name} cannot be created due to a mismatch with existing attribute StackName`,
        );
      const made: ChangeSet = {
        id: region.arn('cloudformation', `changeSet/${name}/${region.newId()}`),
        name,
        type,
        createdAt: region.now(),
        status: 'CREATE_COMPLETE',
        template,
        parameters,
        tags: Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
        capabilities: input.Capabilities ?? [],
        importsExisting: input.ImportExistingResources === true,
      };
      const reason = changeSetProblem(engine, stack, made, region);
      const judged: ChangeSet = reason === undefined ? made : { ...made, status: 'FAILED', reason };
      engine.change(stack.id, { changeSets: { ...stack.changeSets, [name]: judged } });
      return { Id: made.id, StackId: stack.id };
    },
  );

const changeSetOf = (stack: StackState, name = ''): ChangeSet => {
  const changeSet = Object.values(stack.changeSets).find((one) => one.name === name || one.id === name);
  if (!changeSet)
    throw new AwsError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, { statusCode: 404 });
  return changeSet;
};

const describeChangeSet = (engine: Engine) =>
  action<DescribeChangeSetCommandInput, Answer<DescribeChangeSetCommandOutput>>(
    'DescribeChangeSet',
    ({ StackName, ChangeSetName }, region) => {
      const stack = found(engine, StackName);
      const changeSet = changeSetOf(stack, ChangeSetName);
      const { forward, cleanup } =
        changeSet.status === 'FAILED'
          ? { forward: [], cleanup: [] }
          : planOf(engine, stack, changeSet, region);
      const acts = { create: 'Add', import: 'Import', update: 'Modify', delete: 'Remove' } as const;
      return {
        ChangeSetId: changeSet.id,
        ChangeSetName: changeSet.name,
        StackId: stack.id,
        StackName: stack.name,
        Status: changeSet.status,
        StatusReason: changeSet.reason,
        ExecutionStatus: changeSet.status === 'FAILED' ? 'UNAVAILABLE' : 'AVAILABLE',
        CreationTime: new Date(changeSet.createdAt),
        Changes: [...forward, ...cleanup].map(({ act, resource }) => ({
          Type: 'Resource' as const,
          ResourceChange: {
            Action: acts[act],
            LogicalResourceId: resource.logicalId,
            ResourceType: resource.type,
            ...(act !== 'create' && { PhysicalResourceId: resource.ref }),
          },
        })),
      };
    },
  );

const deleteChangeSet = (engine: Engine) =>
  action<DeleteChangeSetCommandInput, object>('DeleteChangeSet', ({ StackName, ChangeSetName }) => {
    const stack = found(engine, StackName);
    const { name } = changeSetOf(stack, ChangeSetName);
    const others = Object.entries(stack.changeSets).filter(([one]) => one !== name);
    engine.change(stack.id, { changeSets: Object.fromEntries(others) });
    return {};
  });

const executeChangeSet = (engine: Engine) =>
  action<ExecuteChangeSetCommandInput, object>('ExecuteChangeSet', ({ StackName, ChangeSetName }, region) => {
    const stack = found(engine, StackName);
    const changeSet = changeSetOf(stack, ChangeSetName);
    if (changeSet.status === 'FAILED')
      throw new AwsError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [FAILED]`,
      );
    if (changeSet.type === 'UPDATE') checkUpdatable(stack);
    const { forward, cleanup } = planOf(engine, stack, changeSet, region);
    const { template, parameters, tags } = changeSet;
    const kind = changeSet.type === 'CREATE' ? 'create' : 'update';
    // All change sets of the stack are gone with the one that is executed.
    engine.change(stack.id, { changeSets: {}, tags, cleanup });
    engine.begin(
      stack.id,
      kind === 'create' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
      { kind, operations: forward, next: 0, template, parameters },
      'User Initiated',
    );
    return {};
  });

/** Deleting a stack that is not there is no error. */
const deleteStack = (engine: Engine) =>
  action<DeleteStackCommandInput, object>('DeleteStack', ({ StackName = '', RetainResources = [] }) => {
    const stack = engine.find(StackName);
    if (!stack || stack.status === 'DELETE_COMPLETE') return {};
    const { id, name, status, isProtected } = stack;
    if (isProtected)
      throw validationError(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`);
    if (RetainResources.length > 0 && status !== 'DELETE_FAILED')
      throw validationError(
        'Invalid operation on stack. Specify RetainResources only when the stack is in the DELETE_FAILED state',
      );
    if (/^(CREATE|DELETE)_IN_PROGRESS$/.test(status) && stack.work?.kind === 'delete') return {};
    if (/UPDATE.*IN_PROGRESS$/.test(status))
      throw validationError(`Stack [${id}] cannot be deleted while in status ${status}`);
    engine.remove(id, RetainResources);
    return {};
  });

const continueRollback = (engine: Engine) =>
  action<ContinueUpdateRollbackCommandInput, object>('ContinueUpdateRollback', ({ StackName }) => {
    const { id, status, work } = found(engine, StackName);
    if (status !== 'UPDATE_ROLLBACK_FAILED' || !work)
      throw validationError(
        `Stack:${id} is in ${status} state and can not continue rollback. Only stacks in UPDATE_ROLLBACK_FAILED can.`,
      );
    engine.begin(id, 'UPDATE_ROLLBACK_IN_PROGRESS', work, 'User Initiated');
    return {};
  });

const protect = (engine: Engine) =>
  action<UpdateTerminationProtectionCommandInput, { StackId: string }>(
    'UpdateTerminationProtection',
    ({ StackName, EnableTerminationProtection: isProtected = false }) => {
      const { id } = found(engine, StackName);
      engine.change(id, { isProtected });
      return { StackId: id };
    },
  );

export const actionsOf = (engine: Engine): Readonly<Record<string, AnyAction>> => ({
  ContinueUpdateRollback: continueRollback(engine),
  CreateChangeSet: createChangeSet(engine),
  DeleteChangeSet: deleteChangeSet(engine),
  DeleteStack: deleteStack(engine),
  DescribeChangeSet: describeChangeSet(engine),
  DescribeStackEvents: describeEvents(engine),
  DescribeStacks: describeStacks(engine),
  ExecuteChangeSet: executeChangeSet(engine),
  GetTemplate: getTemplate(engine),
  ListStackResources: listResources(engine),
  UpdateTerminationProtection: protect(engine),
});
