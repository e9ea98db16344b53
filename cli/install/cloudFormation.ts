/** Calls to CloudFormation about one stack. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { messageOf } from '../../lib/aws/failure';
import type { EventFact } from './failures';
import type { StackFact } from './facts';

/** CloudFormation answers ValidationError for a stack that there is none of, with this message. */
const isMissing = (error: unknown): boolean => /does not exist/.test(messageOf(error));

/** The stack without its resources. @param stack name, or id, by which a deleted one is found too */
const describe = async (
  client: CloudFormationClient,
  stack: string,
): Promise<Omit<StackFact, 'resources'> | undefined> => {
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    if (!found) return undefined;
    const parameters = (found.Parameters ?? []).map(
      ({ ParameterKey: key = '', ParameterValue: value = '' }) => [key, value] as const,
    );
    return {
      name: found.StackName ?? stack,
      id: found.StackId ?? stack,
      status: found.StackStatus ?? '',
      ...(found.StackStatusReason !== undefined && { reason: found.StackStatusReason }),
      parameters: Object.fromEntries(parameters),
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const resourcesOf = async (
  client: CloudFormationClient,
  stack: string,
): Promise<Readonly<Record<string, string>>> => {
  const found: Record<string, string> = {};
  for await (const page of paginateListStackResources({ client }, { StackName: stack }))
    for (const one of page.StackResourceSummaries ?? [])
      if (one.PhysicalResourceId && one.ResourceStatus !== 'DELETE_COMPLETE')
        found[one.LogicalResourceId ?? ''] = one.PhysicalResourceId;
  return found;
};

/** The stack as it is; undefined where there is none, or none any more. */
export const describeStack = async (
  client: CloudFormationClient,
  stack: string,
): Promise<StackFact | undefined> => {
  const found = await describe(client, stack);
  if (!found || found.status === 'DELETE_COMPLETE') return undefined;
  return { ...found, resources: await resourcesOf(client, found.id) };
};

/** The stack's status by its id, also once it is deleted. */
export const stackStatusOf = async (client: CloudFormationClient, id: string): Promise<string> =>
  (await describe(client, id))?.status ?? 'DELETE_COMPLETE';

/** The stack's events that are not among those seen, the oldest first; they are noted as seen. */
export const newEvents = async (
  client: CloudFormationClient,
  stack: string,
  seen: Set<string>,
): Promise<EventFact[]> => {
  const found: EventFact[] = [];
  try {
    // The newest come first.
    pages: for await (const page of paginateDescribeStackEvents({ client }, { StackName: stack }))
      for (const one of page.StackEvents ?? []) {
        const id = one.EventId ?? '';
        if (seen.has(id)) break pages;
        found.push({
          id,
          logicalId: one.LogicalResourceId ?? '',
          type: one.ResourceType ?? '',
          status: one.ResourceStatus ?? '',
          ...(one.ResourceStatusReason !== undefined && { reason: one.ResourceStatusReason }),
        });
      }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  for (const { id } of found) seen.add(id);
  return found.reverse();
};
