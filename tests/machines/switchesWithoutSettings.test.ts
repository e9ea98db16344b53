import { DeleteParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { CloudState } from '@forseti/embedded-cloud';
import { refusedByIam } from './support/calls';
import { told } from './support/snapshot';
import { startTestStack } from './support/testStack';
import { switchesOf, turn } from './support/switches';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  saved = (await startTestStack({ group: { instances: 2, max: 20 } })).cloud.snapshot();
});

const port = { port: 22, cidr: '203.0.113.7/32' };
const spike = { capacity: 4, at: '2026-11-22T14:00:00Z', until: '2026-11-22T16:00:00Z' };
const kinds: [string, string, object, object][] = [
  ['OpenAccess', 'CloseAccess', { ...port, forSeconds: 1_800 }, port],
  ['StartMaintenance', 'EndMaintenance', { forSeconds: 1_800 }, {}],
  ['StartPrewarm', 'EndPrewarm', spike, {}],
];

test.each(kinds)('%s refuses an unknown application, and names the known ones', async (on, _, asked) => {
  const stack = await startTestStack({ from: saved });
  const answer = await turn(stack, on, { application: 'shop', by: 'ada', ...asked });
  expect(answer.errorType).toBe('UnknownApplication');
  expect(answer.errorMessage).toMatch(/\bapi\b/);
  expect(refusedByIam(stack)).toEqual([]);
});

test.each(kinds)(
  'What %s turned on goes off by %s, and is reported, although the settings are gone by then',
  async (on, off, asked, named) => {
    const stack = await startTestStack({ from: saved });
    expect(await turn(stack, on, { application: 'api', by: 'ada', ...asked })).toMatchObject({ done: true });
    await stack.session
      .connect(SSMClient)
      .send(new DeleteParameterCommand({ Name: '/forseti/production/applications/api' }));
    const ended = await turn(stack, off, { application: 'api', by: 'bob', ...named });
    expect(ended).toMatchObject({ done: true });
    expect(await switchesOf(stack)).toMatchObject([{ offBy: 'bob' }]);
    expect(told(stack).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/ of api is on/),
      expect.stringMatching(/ of api is off/),
    ]);
    expect(refusedByIam(stack)).toEqual([]);
  },
);
