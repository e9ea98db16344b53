import { failsRecord, isTransient, mustPass } from '../../../lib/aws/failure';
import * as errors from '../../../lib/engine/errors';
import { classified } from '../../../lib/engine/step';

type Name = keyof typeof errors;
const all = Object.keys(errors) as Name[];
const those = (test: (error: unknown) => boolean): Name[] =>
  all.filter((name) => test(new errors[name]('x'))).sort();

describe("Forseti's own errors", () => {
  test('Only an AWS error that passes is tried again', () => {
    expect(those(isTransient)).toEqual(['TransientError']);
  });

  test('No general catch may keep these errors', () => {
    expect(those(mustPass)).toEqual([
      'DeploymentClosed',
      'FleetMoving',
      'Halted',
      'LockLost',
      'MustWait',
      'TransientError',
      'UnknownFormat',
    ]);
  });

  test('These errors are not why the deployment failed', () => {
    expect(those((error) => !failsRecord(error))).toEqual([
      'DeploymentClosed',
      'FleetMoving',
      'LockLost',
      'MustWait',
      'TransientError',
      'UnknownFormat',
    ]);
  });
});

test.each([
  ['a throttled call', Object.assign(new Error('slow down'), { name: 'Throttling' }), true],
  ['an answer of 503', Object.assign(new Error('oh'), { $metadata: { httpStatusCode: 503 } }), true],
  ['a region that cannot be reached', Object.assign(new Error('x'), { code: 'ECONNRESET' }), true],
  ['a refusal', Object.assign(new Error('no'), { name: 'AccessDenied' }), false],
  ['what is no error', 'Throttling', true],
  ['nothing', undefined, false],
])('The error is classified: %s of AWS', (_, error, passing) => {
  expect(isTransient(error)).toBe(passing);
  expect(mustPass(error)).toBe(passing);
  expect(failsRecord(error)).toBe(true);
});

test("An AWS error that passes gets one name for the machine, and Forseti's errors keep their own", () => {
  const ours = new errors.TransientError('again');
  expect(classified(ours)).toBe(ours);
  const throttled = Object.assign(new Error('slow down'), { name: 'Throttling' });
  expect(classified(throttled)).toMatchObject({ name: 'TransientError', message: 'Throttling: slow down' });
});
