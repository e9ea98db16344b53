import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import type { BusEvent } from '@forseti/embedded-cloud';
import type { TestStack } from './testStack';

export interface OwnEvent extends BusEvent {
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Forseti's own events on the bus from now on, in their order. */
export const ownEvents = ({ region }: TestStack): readonly OwnEvent[] => {
  const seen: OwnEvent[] = [];
  const events = region.service('events');
  const put = events.put.bind(events);
  jest.spyOn(events, 'put').mockImplementation((event) => {
    if (event.source === 'forseti.deployments') seen.push(event as OwnEvent);
    return put(event);
  });
  return seen;
};

const folder = join(__dirname, '../../../events/schemas');
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });

/** The problems of an event by its published schema; empty if it is valid. */
export const problemsOf = ({ source, detailType, detail, resources = [] }: OwnEvent): string => {
  const name = `${detailType.toLowerCase().replaceAll(' ', '-')}.schema.json`;
  const check =
    ajv.getSchema(name) ??
    ajv.compile({ ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as object), $id: name });
  const event = {
    version: '0',
    id: '1',
    'detail-type': detailType,
    source,
    account: '111122223333',
    time: '2026-11-22T08:00:00Z',
    region: 'eu-west-1',
    resources,
    detail: JSON.parse(JSON.stringify(detail)) as unknown,
  };
  return check(event) === true ? '' : `${detailType}: ${ajv.errorsText(check.errors)}`;
};
