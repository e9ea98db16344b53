/** What is done to one stack, from its first change set to its removal. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { messageOf, nameOf } from '../../lib/aws/failure';
import { describeStack, newEvents, stackStatusOf } from './cloudFormation';
import { emptyBucket, uploadStack } from './deploymentBucket';
import { type EventFact, nextStepOf, StackFailed, stackFailed } from './failures';
import type { StackFact } from './facts';
import type { Asset } from './stackFiles';
import { isAtWork, isDone, stackMove } from './stackMove';

/** One stack, and what it is worked on with. */
export interface StackPlace {
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Reports each event of the stack as it happens. */
  readonly tell: (event: EventFact) => void;
}

/** What a stack is to become. */
export interface StackContents {
  readonly template: CloudFormationTemplate;
  readonly parameters: Readonly<Record<string, string>>;
  readonly assets: readonly Asset[];
}

const pollMs = 5_000;
/** The whole stack takes some minutes. Longer than this, something hangs on AWS's side. */
const maxWorkMs = 3 * 3_600_000;

const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] as const;

/** Follows the stack until CloudFormation has ended its work. @returns its status, and the events of that work */
const follow = async (
  place: StackPlace,
  id: string,
  seen: Set<string>,
): Promise<{ readonly status: string; readonly events: readonly EventFact[] }> => {
  const { cloudFormation, sleep, now, tell } = place;
  const from = now();
  const events: EventFact[] = [];
  for (;;) {
    // The status first: events that come with the last one are then among those read.
    const status = await stackStatusOf(cloudFormation, id);
    for (const event of await newEvents(cloudFormation, id, seen)) {
      events.push(event);
      tell(event);
    }
    if (!isAtWork(status)) return { status, events };
    if (now() - from > maxWorkMs)
      throw new StackFailed(
        `The stack ${place.name} in ${place.region} is still in ${status}. Run it again: it waits for the end, and goes on.`,
      );
    await sleep(pollMs);
  }
};

/** All events until now, so that only later ones are told. */
const seenUntilNow = async ({ cloudFormation }: StackPlace, id: string): Promise<Set<string>> => {
  const seen = new Set<string>();
  await newEvents(cloudFormation, id, seen);
  return seen;
};

/** CloudFormation's words for a change set that would change nothing. */
const withoutChanges = /didn't contain changes|No updates are to be performed/i;

/** CloudFormation makes no change set of what was asked for. */
const refusedChange = ({ name, region }: StackPlace, error: string, reason: string): StackFailed => {
  const refusal = { id: '', logicalId: name, type: 'AWS::CloudFormation::Stack', status: error, reason };
  return new StackFailed(
    `CloudFormation refuses the changes of ${name} in ${region} (${error}): ${reason}\n  Nothing was changed. ${nextStepOf(refusal)}`,
  );
};

/** Waits until a change set is made. @returns whether it changes anything. */
const awaitChangeSet = async (place: StackPlace, ChangeSetName: string): Promise<boolean> => {
  const { cloudFormation, sleep, now, name } = place;
  for (const from = now(); ; await sleep(pollMs)) {
    const { Status: status, StatusReason: reason = '' } = await cloudFormation.send(
      new DescribeChangeSetCommand({ StackName: name, ChangeSetName }),
    );
    if (status === 'CREATE_COMPLETE') return true;
    if (status === 'FAILED') {
      if (withoutChanges.test(reason)) return false;
      throw refusedChange(place, 'FAILED', reason);
    }
    if (now() - from > maxWorkMs)
      throw new StackFailed(
        `The change set of ${name} in ${place.region} is still in ${status ?? 'no status'}.`,
      );
  }
};

interface ChangeSet {
  readonly type: 'CREATE' | 'UPDATE';
  readonly source: { readonly TemplateBody: string } | { readonly TemplateURL: string };
  readonly parameters: Readonly<Record<string, string>>;
}

/** Makes a change set and executes it. @returns whether it changed anything. @throws StackFailed */
const change = async (place: StackPlace, { type, source, parameters }: ChangeSet): Promise<boolean> => {
  const { cloudFormation, name } = place;
  // The name that the framework gives it, so that neither leaves the other a second one.
  const named = { StackName: name, ChangeSetName: `${name}-change-set` };
  // One that an interrupted run left is in the way of ours. Where there is none, nothing happens.
  await cloudFormation.send(new DeleteChangeSetCommand(named)).catch(() => undefined);
  const asked = cloudFormation.send(
    new CreateChangeSetCommand({
      ...named,
      ...source,
      ChangeSetType: type,
      Capabilities: [...capabilities],
      // As the framework tags its stacks.
      Tags: [{ Key: 'STAGE', Value: place.stage }],
      // Tables that an earlier stack left are taken over. What has no fixed name is made anew.
      ...(type === 'UPDATE' && { ImportExistingResources: true }),
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const { StackId: id = name } = await asked.catch((error: unknown) => {
    throw refusedChange(place, nameOf(error), messageOf(error));
  });
  if (!(await awaitChangeSet(place, named.ChangeSetName))) {
    await cloudFormation.send(new DeleteChangeSetCommand(named));
    return false;
  }
  const seen = await seenUntilNow(place, id);
  await cloudFormation.send(new ExecuteChangeSetCommand(named));
  const { status, events } = await follow(place, id, seen);
  if (!isDone(status)) throw stackFailed(name, place.region, status, events);
  return true;
};

/**
 * The stack before anything is in it: the bucket that its code is put into. It is what the framework makes first.
 */
export const firstTemplate = ({ Resources }: CloudFormationTemplate): string => {
  const ids = ['ServerlessDeploymentBucket', 'ServerlessDeploymentBucketPolicy'];
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The AWS CloudFormation template for this Serverless application',
    Resources: Object.fromEntries(ids.flatMap((id) => (Resources[id] ? [[id, Resources[id]]] : []))),
    Outputs: { ServerlessDeploymentBucketName: { Value: { Ref: 'ServerlessDeploymentBucket' } } },
  });
};

const bucketOf = ({ resources }: StackFact): string | undefined => resources.ServerlessDeploymentBucket;

/** Deletes the stack; what its template retains stays. @throws StackFailed */
export const deleteStack = async (place: StackPlace, stack: StackFact): Promise<void> => {
  const { cloudFormation, s3 } = place;
  const bucket = bucketOf(stack);
  // A bucket that holds anything cannot be deleted.
  if (bucket !== undefined) await emptyBucket(s3, bucket);
  const seen = await seenUntilNow(place, stack.id);
  await cloudFormation.send(new DeleteStackCommand({ StackName: stack.id }));
  const { status, events } = await follow(place, stack.id, seen);
  if (!isDone(status)) throw stackFailed(place.name, place.region, status, events);
};

/** An ended stack gets into none of the states more than once, unless it fails again. */
const maxMoves = 8;

/**
 * Brings the stack, whatever an earlier run left of it, into a state in which it can be updated.
 * @throws StackFailed
 */
const makeUpdatable = async (place: StackPlace, template: CloudFormationTemplate): Promise<StackFact> => {
  const { cloudFormation, name } = place;
  for (let moves = 0; moves < maxMoves; moves += 1) {
    const stack = await describeStack(cloudFormation, name);
    const move = stackMove(stack?.status);
    if (stack && move === 'update') return stack;
    if (!stack || move === 'create')
      await change(place, {
        type: 'CREATE',
        source: { TemplateBody: firstTemplate(template) },
        parameters: {},
      });
    else if (move === 'delete') await deleteStack(place, stack);
    else {
      const seen = await seenUntilNow(place, stack.id);
      if (move === 'continue the rollback')
        await cloudFormation.send(new ContinueUpdateRollbackCommand({ StackName: stack.id }));
      const { status, events } = await follow(place, stack.id, seen);
      if (status === 'UPDATE_ROLLBACK_FAILED') throw stackFailed(name, place.region, status, events);
    }
  }
  throw new StackFailed(`The stack ${name} in ${place.region} does not come to rest. Run it again later.`);
};

/**
 * Makes or updates the stack as the Serverless Framework does: first a stack with its deployment bucket, then the code
 * into it, then a change set with all the rest. Whatever an earlier run left is gone on with.
 * @returns whether anything was changed
 * @throws StackFailed
 */
export const deployStack = async (place: StackPlace, contents: StackContents): Promise<boolean> => {
  const stack = await makeUpdatable(place, contents.template);
  const bucket = bucketOf(stack);
  if (bucket === undefined)
    throw new StackFailed(`The stack ${place.name} in ${place.region} has no ServerlessDeploymentBucket.`);
  const TemplateURL = await uploadStack(place.s3, bucket, { ...contents, region: place.region });
  return change(place, { type: 'UPDATE', source: { TemplateURL }, parameters: contents.parameters });
};
