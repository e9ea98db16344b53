import {
  type EventSourceMappingConfiguration,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';

/** What consumes a queue. */
export const listEventSourceMappings = async (
  lambda: LambdaClient,
  queueArn: string,
): Promise<readonly EventSourceMappingConfiguration[]> => {
  const mappings: EventSourceMappingConfiguration[] = [];
  for await (const { EventSourceMappings: page = [] } of paginateListEventSourceMappings(
    { client: lambda },
    { EventSourceArn: queueArn },
  ))
    mappings.push(...page);
  return mappings;
};

/** The name of the function that a mapping invokes. */
export const functionOf = ({ FunctionArn: arn = '' }: EventSourceMappingConfiguration): string =>
  arn.slice(arn.lastIndexOf(':') + 1);
