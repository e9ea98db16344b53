import type { Table } from '../../../lib/aws/table';
import {
  defaultPage,
  makePage,
  type PageItem,
  retryAfterSeconds,
} from '../../../lib/switches/maintenance/page';

const now = Date.UTC(2026, 10, 22, 8);

test.each([
  [undefined, 300],
  [now + 90_500, 91],
  [now - 1, 5],
  [now + 48 * 3_600_000, 3_600],
])('With the end at %s users are asked to come back after %i seconds', (until, seconds) => {
  expect(retryAfterSeconds(until, now)).toBe(seconds);
});

test('The default page fits into a fixed response', () => {
  expect(Buffer.byteLength(defaultPage)).toBeLessThanOrEqual(1_024);
});

const pageOf = (get: () => Promise<PageItem | undefined>) => {
  let at = now;
  const calls = { count: 0 };
  const table = {
    get: async () => {
      calls.count += 1;
      return get();
    },
  } as unknown as Table<PageItem>;
  const show = makePage(table, () => at);
  return {
    calls,
    advance: (ms: number) => (at += ms),
    show: () => show({ requestContext: { elb: { targetGroupArn: 'arn' } } }),
  };
};

test('The page is read every ten seconds at most', async () => {
  const { show, calls, advance } = pageOf(() =>
    Promise.resolve({ application: 'arn', switch: 'page', html: 'soon', until: now + 60_000 }),
  );
  expect(await show()).toMatchObject({ statusCode: 503, body: 'soon', headers: { 'retry-after': '60' } });
  advance(5_000);
  expect((await show()).headers['retry-after']).toBe('55');
  expect(calls.count).toBe(1);
  advance(5_000);
  await show();
  expect(calls.count).toBe(2);
});

test('If the page cannot be read, users see the last one, else the default one', async () => {
  let fails = true;
  const { show, advance } = pageOf(() =>
    fails
      ? Promise.reject(new Error('throttled'))
      : Promise.resolve({ application: 'arn', switch: 'page', html: 'soon' }),
  );
  expect(await show()).toMatchObject({ statusCode: 503, body: defaultPage });
  fails = false;
  advance(10_000);
  expect((await show()).body).toBe('soon');
  fails = true;
  advance(10_000);
  expect((await show()).body).toBe('soon');
});
