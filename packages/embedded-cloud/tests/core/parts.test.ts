import { emptyAgenda, put, takeDue } from '../../src/core/agenda';
import { Chances, hexadecimal, uuid } from '../../src/core/chance';
import { deepCopy } from '../../src/core/copy';
import { irelandPrices } from '../../src/cloud/listPrices';
import { priceOf } from '../../src/cloud/pricing';
import { isMutating } from '../../src/cloud/record';
import { newResources } from '../../src/core/resources';
import { classOf, take } from '../../src/cloud/throttling';

const now = Date.UTC(2026, 10, 22, 8);

describe('The agenda', () => {
  test('Is sorted by time, then by the order of arrival, and gives what is due', () => {
    const agenda = emptyAgenda();
    const entry = (at: number, kind: string) => ({
      at: now + at,
      kind,
      service: 'ec2',
      region: 'eu-west-1',
      payload: null,
    });
    expect(put(agenda, entry(20, 'b'))).toBe(true);
    expect(put(agenda, entry(20, 'c'))).toBe(false);
    expect(put(agenda, entry(10, 'a'))).toBe(true);
    expect(agenda.entries.map(({ kind }) => kind)).toEqual(['a', 'b', 'c']);
    expect(takeDue(agenda, now + 9)).toBeUndefined();
    expect(takeDue(agenda, now + 10)?.kind).toBe('a');
    expect(takeDue(agenda, now + 10)).toBeUndefined();
    expect(JSON.parse(JSON.stringify(agenda))).toEqual(agenda);
  });
});

describe('Chance', () => {
  test('Has a stream for each purpose, which others do not shift', () => {
    const one = new Chances(7);
    const other = new Chances(7);
    other.stream('faults').next();
    expect(one.stream('latency').next()).toBe(other.stream('latency').next());
    expect(one.stream('latency').next()).not.toBe(one.stream('ids').next());
    expect(new Chances(8).stream('latency').next()).not.toBe(new Chances(7).stream('latency').next());
  });

  test('Goes on where it was saved', () => {
    const chances = new Chances(7);
    chances.stream('latency').next();
    const restored = new Chances(
      7,
      JSON.parse(JSON.stringify(chances.snapshot())) as ReturnType<Chances['snapshot']>,
    );
    expect(restored.stream('latency').next()).toBe(chances.stream('latency').next());
  });

  test('Keeps durations within their spread, and refuses to pick from nothing', () => {
    const chance = new Chances(7).stream('x');
    for (let round = 0; round < 200; round += 1) {
      const duration = chance.around(1000, 0.2);
      expect(duration).toBeGreaterThanOrEqual(800);
      expect(duration).toBeLessThanOrEqual(1200);
    }
    expect(chance.around(1000)).toBe(1000);
    expect(() => chance.pick([])).toThrow(RangeError);
  });

  test('Makes ids in AWS’s forms', () => {
    const chance = new Chances(7).stream('ids');
    expect(hexadecimal(chance, 17)).toMatch(/^[0-9a-f]{17}$/);
    expect(uuid(chance)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('A deep copy', () => {
  test('Keeps dates and bytes, drops what is undefined, and shares nothing', () => {
    const original = {
      at: new Date(now),
      bytes: Buffer.from('ab'),
      list: [{ a: 1, b: undefined }],
      none: null,
    };
    const copy = deepCopy(original);
    expect(copy).toEqual({
      at: new Date(now),
      bytes: Uint8Array.from([97, 98]),
      list: [{ a: 1 }],
      none: null,
    });
    expect(Object.keys(copy.list[0] ?? {})).toEqual(['a']);
    expect(copy.list[0]).not.toBe(original.list[0]);
    expect(() => deepCopy({ f: () => 1 })).toThrow(TypeError);
  });
});

describe('Throttling', () => {
  test.each([
    ['ec2', 'DescribeImages', { ImageIds: ['ami-1'] }, 100, 20],
    ['ec2', 'DescribeInstances', {}, 50, 10],
    ['ec2', 'DescribeInstances', { InstanceIds: [] }, 50, 10],
    ['ec2', 'DescribeInstances', { InstanceIds: ['i-1'] }, 100, 20],
    ['ec2', 'DescribeSnapshots', { MaxResults: 100 }, 100, 20],
    ['ec2', 'CreateImage', {}, 50, 5],
    ['ec2', 'CopyImage', {}, 100, 1],
    ['ec2', 'CreateLaunchTemplateVersion', {}, 100, 5],
    ['states', 'DescribeExecution', {}, 300, 15],
  ])(
    'Of %s %s with %j is a bucket of %i, refilled by %i a second',
    (service, action, input, size, refillPerSecond) => {
      expect(classOf(service, action, input)?.limit).toEqual({ size, refillPerSecond });
    },
  );

  test('Takes tokens until there are none, and refills up to the size', () => {
    const limit = { size: 2, refillPerSecond: 1 };
    const bucket = { tokens: 2, at: now };
    expect([take(bucket, limit, now), take(bucket, limit, now), take(bucket, limit, now)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(take(bucket, limit, now + 999)).toBe(false);
    expect(take(bucket, limit, now + 1000)).toBe(true);
    expect(take(bucket, limit, now + 60_000)).toBe(true);
    expect(bucket.tokens).toBe(1);
  });

  test('Does not hold back SQS and DynamoDB', () => {
    expect(classOf('sqs', 'SendMessage', {})).toBeUndefined();
    expect(classOf('dynamodb', 'PutItem', {})).toBeUndefined();
  });
});

describe('A call', () => {
  test.each([
    ['DescribeInstances', {}, false],
    ['GetParameter', {}, false],
    ['ListCommands', {}, false],
    ['CreateImage', { DryRun: true }, false],
    ['CreateImage', { DryRun: false }, true],
    ['SuspendProcesses', {}, true],
    ['SendTaskSuccess', {}, true],
    ['UpdateItem', {}, true],
  ])('%s with %j is mutating: %s', (action, input, expected) => {
    expect(isMutating(action, input)).toBe(expected);
  });
});

describe('The cost', () => {
  test('Adds up calls and meters by their list prices', () => {
    const used = {
      counters: {
        sqs: { SendMessage: 500_000, ReceiveMessage: 500_000 },
        dynamodb: { PutItem: 1_000_000 },
        ec2: { DescribeInstances: 9 },
      },
      meters: { stateTransitions: 40, lambdaRequests: 1_000_000, lambdaGbSeconds: 0 },
    };
    const cost = priceOf(used, irelandPrices);
    const dollars = Object.fromEntries(cost.items.map((item) => [item.what, item.dollars]));
    expect(dollars['Step Functions state transitions']).toBeCloseTo(0.001, 10);
    expect(dollars['Lambda requests']).toBeCloseTo(0.2, 10);
    expect(dollars['SQS requests']).toBeCloseTo(0.4, 10);
    expect(dollars['DynamoDB writes']).toBeCloseTo(0.7065, 10);
    expect(cost.items).toHaveLength(4);
    expect(cost.dollars).toBeCloseTo(1.3075, 10);
  });
});

describe('Resources outside virtual time', () => {
  test('Are those that a function opened, not timers, terminals or what was open before', () => {
    const names = new Map([['TCPSocketWrap', 1]]);
    const count = (...list: string[]) => new Map(list.map((name) => [name, 1]));
    expect(newResources(names, count('TCPSocketWrap'))).toEqual([]);
    expect(newResources(names, new Map([['TCPSocketWrap', 2]]))).toEqual(['TCPSocketWrap']);
    expect(newResources(new Map(), count('FSReqCallback'))).toEqual(['FSReqCallback']);
  });
});
