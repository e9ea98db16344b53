import { fleetItems } from '../../../cli/queries/fleetItems';
import { freezesOf } from '../../../cli/queries/freezeStatus';
import type { ApplicationSettings } from '../../../lib/application/schema';
import { Table } from '../../../lib/aws/table';
import { type FreezeItem, Freezes } from '../../../lib/engine/freeze';
import { cloudWithTables } from '../support/tables';
import { sessionWith } from './support';

// A Sunday.
const now = Date.UTC(2026, 10, 22, 8);

const settingsWith = (windows: ApplicationSettings['freeze']['windows']) =>
  ({ freeze: { timeZone: 'UTC', windows } }) as ApplicationSettings;

test('Freezes by hand, of the application and of all, and by the calendar are listed together', async () => {
  const { cloud, dynamodb } = cloudWithTables();
  const session = sessionWith({ clients: [dynamodb], now: () => now });
  const freezes = new Freezes(new Table<FreezeItem>(dynamodb, session.names.locksTable));
  const settings = settingsWith([{ from: 'sat', to: 'sun', reason: 'weekend' }]);
  await cloud.run(async () => {
    await freezes.freeze({
      application: 'api',
      reason: 'campaign',
      by: 'ada',
      at: now - 1,
      until: now + 60_000,
    });
    await freezes.freeze({ application: '*', reason: 'audit', by: 'bob', at: now - 1 });
    await freezes.freeze({ application: 'web', reason: 'other', by: 'bob', at: now - 1 });
  });
  const { byHand } = await cloud.run(() => fleetItems(session, 'api', 'api'));
  expect(freezesOf(byHand, settings, now)).toEqual([
    { by: 'ada', what: 'campaign', until: now + 60_000, liftWith: 'forseti unfreeze api' },
    { by: 'bob', what: 'all applications: audit', liftWith: 'forseti unfreeze --all' },
    { by: 'the settings', what: 'sat to sun (UTC), "weekend"', until: Date.UTC(2026, 10, 23) },
  ]);
});

test('A freeze that is over or lifted is not listed', async () => {
  const { cloud, dynamodb } = cloudWithTables();
  const session = sessionWith({ clients: [dynamodb], now: () => now });
  const freezes = new Freezes(new Table<FreezeItem>(dynamodb, session.names.locksTable));
  await cloud.run(async () => {
    await freezes.freeze({ application: 'api', reason: 'campaign', by: 'ada', at: now - 2, until: now });
    await freezes.freeze({ application: '*', reason: 'audit', by: 'bob', at: now - 2 });
    await freezes.unfreeze('*', 'ada', now - 1);
  });
  const { byHand } = await cloud.run(() => fleetItems(session, 'api', 'api'));
  expect(byHand).toHaveLength(2);
  expect(freezesOf(byHand, settingsWith([]), now)).toEqual([]);
});
