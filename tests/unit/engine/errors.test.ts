import { failsRecord, isTransient, mustPass } from '../../../lib/aws/failure';
import * as errors from '../../../lib/engine/errors';
import { classified } from '../../../lib/engine/step';

type Name = keyof typeof errors;
const all = Object.keys(errors) as Name[];
const those = (test: (error: unknown) => boolean): Name[] =>
  all.filter((name) => test(new errors[name]('x'))).sort();

describe('what an error of ours says of itself', () => {
  test('only AWS passing trouble is tried again', () => {
    expect(those(isTransient)).toEqual(['TransientError']);
  });

  test('no general catch may keep these', () => {
    expect(those(mustPass)).toEqual([
      'DeploymentClosed',
      'Halted',
      'LockLost',
      'MustWait',
      'TransientError',
      'UnknownFormat',
    ]);
  });

  test('these are not why the deployment failed', () => {
    expect(those((error) => !failsRecord(error))).toEqual([
      'DeploymentClosed',
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
])('%s of AWS', (_, error, passing) => {
  expect(isTransient(error)).toBe(passing);
  expect(mustPass(error)).toBe(passing);
  expect(failsRecord(error)).toBe(true);
});

test('AWS passing trouble gets one name for the machine, ours keeps its own', () => {
  const ours = new errors.TransientError('again');
  expect(classified(ours)).toBe(ours);
  const throttled = Object.assign(new Error('slow down'), { name: 'Throttling' });
  expect(classified(throttled)).toMatchObject({ name: 'TransientError', message: 'Throttling: slow down' });
});
