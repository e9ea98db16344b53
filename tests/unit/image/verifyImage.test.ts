import { judgeTestInstance, type TestInstanceSeen, seenText } from '../../../lib/image/verifyImage';
import { verifiesImage } from '../../../lib/engine/imageFrom';

const well: TestInstanceSeen = { state: 'running', system: 'ok', instance: 'ok', agent: 'Online' };

test.each<[string, TestInstanceSeen, number, string]>([
  ['runs with its checks and its agent well', well, 200, 'well'],
  ['is not shown yet', {}, 59, 'wait'],
  ['is not shown after a minute', {}, 60, 'failed'],
  ['is pending', { state: 'pending' }, 20, 'wait'],
  ['is being checked', { ...well, instance: 'initializing' }, 90, 'wait'],
  ['has no agent yet', { ...well, agent: undefined }, 90, 'wait'],
  ['lost its agent', { ...well, agent: 'ConnectionLost' }, 90, 'wait'],
  ['is impaired', { ...well, instance: 'impaired' }, 90, 'failed'],
  ['runs on a system that is impaired', { ...well, system: 'impaired' }, 90, 'wait'],
  ['shuts down by itself', { ...well, state: 'shutting-down' }, 90, 'failed'],
  ['has stopped', { ...well, state: 'stopped' }, 90, 'failed'],
])('A test instance that %s', (_, seen, seconds, verdict) => {
  expect(judgeTestInstance(seen, seconds)).toBe(verdict);
});

test('What is seen of a test instance names its state, its checks and its agent', () => {
  expect(seenText({ state: 'stopped', reason: 'Client.InternalError', system: 'ok' })).toBe(
    'it is stopped (Client.InternalError), its status checks are ok (system) and not known (instance), its SSM agent is not registered',
  );
  expect(seenText({})).toBe('it is gone');
});

test.each([
  ['none', true, true],
  ['none', false, false],
  ['none', undefined, false],
  ['surge', true, false],
  ['instance-refresh', true, false],
] as const)(
  'With rollout %s and image.verify %s the image is booted first: %s',
  (rollout, verify, expected) => {
    expect(verifiesImage({ rollout, settings: { image: { verify } } })).toBe(expected);
  },
);
