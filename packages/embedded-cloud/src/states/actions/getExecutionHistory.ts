import type { GetExecutionHistoryCommandInput, GetExecutionHistoryOutput } from '@aws-sdk/client-sfn';
import type { Action } from '../../core/service';
import type { StoredEvent } from '../state';
import { findExecution, type Get, needs, pageOf } from './find';

const withoutData = (event: StoredEvent): StoredEvent =>
  JSON.parse(
    JSON.stringify(event, (key, value: unknown) =>
      ['input', 'output', 'parameters'].includes(key) ? undefined : value,
    ),
  ) as StoredEvent;

export const getExecutionHistory = (
  get: Get,
): Action<GetExecutionHistoryCommandInput, GetExecutionHistoryOutput> => ({
  requires: ({ executionArn }) => needs('GetExecutionHistory', executionArn),
  run: ({ executionArn, reverseOrder, includeExecutionData = true, nextToken, maxResults }) => {
    const { history } = findExecution(get(), executionArn);
    const page = pageOf(reverseOrder ? [...history].reverse() : history, nextToken, maxResults);
    const events = page.items
      .map((event) => (includeExecutionData ? event : withoutData(event)))
      .map(({ timestamp, ...event }) => ({ ...event, timestamp: new Date(timestamp) }));
    const more = page.nextToken === undefined ? {} : { nextToken: page.nextToken };
    return { events, ...more } satisfies GetExecutionHistoryOutput;
  },
});
