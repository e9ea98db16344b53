import { findingsOf } from '../../../lib/replacement/findings';

const at = new Date('2026-12-01T02:00:00Z');
const ok = { InstanceId: 'i-1', InstanceStatus: { Status: 'ok' }, SystemStatus: { Status: 'ok' } } as const;
const event = {
  InstanceEventId: 'e-1',
  Code: 'instance-stop',
  Description: 'degraded',
  NotBefore: at,
} as const;

test.each([
  ['nothing', ok, []],
  [
    'an event',
    { ...ok, Events: [event] },
    [
      {
        instance: 'i-1',
        id: 'e-1',
        what: 'EC2 has scheduled instance-stop (degraded)',
        notBefore: at.getTime(),
      },
    ],
  ],
  ['an event that is over', { ...ok, Events: [{ ...event, Description: '[Completed] degraded' }] }, []],
  ['an event that was called off', { ...ok, Events: [{ ...event, Description: '[Canceled] degraded' }] }, []],
  [
    'a failing instance',
    { ...ok, InstanceStatus: { Status: 'impaired' } } as const,
    [{ instance: 'i-1', id: 'instance-check', what: 'its instance status check fails' }],
  ],
  [
    'a failing system',
    { ...ok, SystemStatus: { Status: 'impaired' } } as const,
    [{ instance: 'i-1', id: 'system-check', what: "the status check of AWS's system under it fails" }],
  ],
  ['a young instance', { ...ok, InstanceStatus: { Status: 'initializing' } } as const, []],
])('The status of an instance gives its findings: %s', (_, status, expected) => {
  expect(findingsOf(status as never)).toEqual(expected);
});
