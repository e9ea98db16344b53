import { counted, type Probed } from '../../../lib/failover/probe';
import { inRegion, regionsOf } from '../../../lib/failover/regions';

const place = { name: 'probe:eu-west-1', from: 'eu-central-1', at: 1_795_000_000_000 };
const good: Probed = { well: true, tookMs: 70 };
const bad: Probed = { well: false, failure: 'ServiceUnavailable: down' };

test('Probes are counted in a row, and one of the other kind begins anew', () => {
  let item = counted(undefined, good, place);
  for (const probed of [good, good]) item = counted(item, probed, place);
  expect(item).toMatchObject({ good: 3, bad: 0, tookMs: 70 });
  item = counted(item, bad, place);
  expect(item).toMatchObject({ good: 0, bad: 1, failure: 'ServiceUnavailable: down' });
  expect(counted(item, good, place)).toMatchObject({ good: 1, bad: 0 });
});

test.each([
  ['eu-west-1', 'eu-central-1', 'eu-west-1', 'eu-central-1'],
  ['eu-west-1', 'eu-central-1', 'eu-central-1', 'eu-west-1'],
  ['eu-west-1', '', 'eu-west-1', undefined],
  ['eu-west-1', 'eu-west-1', 'eu-west-1', undefined],
  ['eu-west-1', 'eu-central-1', 'us-east-1', undefined],
])('With home %s and standby %j, the other one of %s is %s', (home, standby, here, other) => {
  expect(regionsOf(home, standby, here).other).toBe(other);
});

test.each([
  [
    'arn:aws:states:eu-west-1:111122223333:stateMachine:eu-west-1-deploy',
    'arn:aws:states:eu-central-1:111122223333:stateMachine:eu-west-1-deploy',
  ],
  [
    'https://sqs.eu-west-1.amazonaws.com/111122223333/eu-west-1-requests',
    'https://sqs.eu-central-1.amazonaws.com/111122223333/eu-west-1-requests',
  ],
  ['http://127.0.0.1:4566/111122223333/requests', 'http://127.0.0.1:4566/111122223333/requests'],
])('Only the region of %s becomes another', (name, other) => {
  expect(inRegion(name, 'eu-west-1', 'eu-central-1')).toBe(other);
});
