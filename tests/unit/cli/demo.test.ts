import { covered, overheadMs } from '../../../cli/demo/overhead';
import { frameAt, moments, type Recording } from '../../../cli/demo/replay';
import { countCalls, showDollars, totalCalls, versionsBar } from '../../../cli/demo/report';
import { styleOf } from '../../../cli/terminal/style';

const base = Date.UTC(2026, 10, 22, 8);
const stretch = (from: number, to: number) => ({ startedAt: base + from, endedAt: base + to });

test.each([
  ['nothing', [], 0],
  ['one', [stretch(10, 40)], 30],
  ['two apart', [stretch(10, 20), stretch(50, 60)], 20],
  ['two that overlap', [stretch(10, 40), stretch(30, 60)], 50],
  ['one inside another', [stretch(10, 60), stretch(20, 30)], 50],
  ['two that touch', [stretch(10, 20), stretch(20, 30)], 20],
  ['one that began before', [stretch(-50, 10)], 10],
  ['one that goes on after', [stretch(90, 500)], 10],
  ['one all around', [stretch(-10, 200)], 100],
  ['one outside', [stretch(200, 300)], 0],
  ['one of no length', [stretch(10, 10)], 0],
  ['unsorted ones', [stretch(50, 70), stretch(0, 10), stretch(5, 55)], 70],
])('Of 100 ms, %s covers its part, and the rest is overhead', (_, stretches, expected) => {
  expect(covered(base, base + 100, stretches)).toBe(expected);
  expect(overheadMs(base, base + 100, stretches)).toBe(100 - expected);
});

const event = (type: string, name: string, at: number) => ({
  type,
  timestamp: new Date(base + at),
  ...(type.endsWith('Entered')
    ? { stateEnteredEventDetails: { name } }
    : { stateExitedEventDetails: { name } }),
});
const recording: Recording = {
  events: [
    event('TaskStateEntered', 'Accept', 0),
    event('TaskStateExited', 'Accept', 10),
    event('TaskStateEntered', 'Provision', 10),
  ],
  plan: { strategy: 'golden-instance' },
  samples: [
    { at: base, progress: {}, versions: { v1: 2 } },
    { at: base + 50, progress: { Provision: '1 of 2' }, versions: { v1: 1, v2: 1 } },
  ],
  startedAt: base,
  endedAt: base + 100,
};

test('A frame shows what was known at its moment, and nothing later', () => {
  const early = frameAt(recording, base + 5);
  expect(early.steps[0]).toMatchObject({ name: 'Accept', state: 'running' });
  expect(early.versions).toEqual({ v1: 2 });
  const late = frameAt(recording, base + 60);
  expect(late.steps.find(({ name }) => name === 'Provision')).toMatchObject({
    state: 'running',
    progress: '1 of 2',
  });
  expect(late.versions).toEqual({ v1: 1, v2: 1 });
});

test('Frames are evenly spread, the last at the end', () => {
  expect(moments(recording, 4).map((at) => at - base)).toEqual([25, 50, 75, 100]);
});

test('Calls are counted by service and action, in the order of their names', () => {
  const call = (service: string, action: string) => ({ caller: 'f', service, action });
  const counted = countCalls([
    call('ssm', 'SendCommand'),
    call('ec2', 'CreateImage'),
    call('ssm', 'SendCommand'),
  ]);
  expect(JSON.stringify(counted)).toBe('{"ec2":{"CreateImage":1},"ssm":{"SendCommand":2}}');
  expect(totalCalls(counted)).toBe(3);
});

test.each([
  [0.00321, '$0.0032'],
  [1.239, '$1.24'],
])('%d dollars are shown as %s', (dollars, shown) => {
  expect(showDollars(dollars)).toBe(shown);
});

test('The bar shows how many run the new version', () => {
  expect(versionsBar({ v1: 5, v2: 15 }, 'v2', styleOf(false))).toBe(
    `  ${'█'.repeat(23)}${'░'.repeat(7)}  v2 15   v1 5`,
  );
});
