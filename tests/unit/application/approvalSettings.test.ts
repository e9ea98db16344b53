import { parseSettings } from '../../../lib/application/parse';

const refusals = (more: object): string => {
  try {
    const api = { group: 'web', provisioning: { source: { s3: 's3://playbooks/api.tar.gz' } }, ...more };
    parseSettings(JSON.stringify({ applications: { api } }), 'forseti.yml');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
const approval = { percentage: 25 };
const golden = { strategy: 'golden-instance' };

test.each([
  ['golden-instance, whose rollout is a refresh unless set', { ...golden, rollout: { approval } }],
  ['any strategy with rollout instance-refresh', { rollout: { strategy: 'instance-refresh', approval } }],
])('An approval goes with %s', (_, more) => {
  expect(refusals(more)).toBe('');
});

test.each<[string, object, RegExp]>([
  ['deploy-and-snapshot, which rolls nothing out by default', { rollout: { approval } }, /here it is "none"/],
  ['a surge', { ...golden, rollout: { strategy: 'surge', approval } }, /here it is "surge"/],
  ['no rollout', { ...golden, rollout: { strategy: 'none', approval } }, /here it is "none"/],
  [
    'checkpoints, which go on by themselves',
    { ...golden, rollout: { approval, checkpoints: { percentages: [50, 100], delaySeconds: 60 } } },
    /keep one of the two/,
  ],
])('An approval is refused with %s', (_, more, why) => {
  const message = refusals(more);
  expect(message).toMatch(why);
  expect(message).toMatch(/approval/);
});
