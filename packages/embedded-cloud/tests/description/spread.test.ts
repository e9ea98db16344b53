import { cloudChecks } from '../../src/description/checks';
import { parseDescription } from '../../src/description/build';
import { plannedInstances } from '../../src/description/spread';

const planned = (group: unknown) => {
  const described = parseDescription({ groups: { web: group } }).groups.web;
  if (!described) throw new Error('The group is missing.');
  return plannedInstances(described, 'eu-west-1').map(
    ({ zone, version }) => `${zone.slice(-1)} ${String(version)}`,
  );
};

test.each([
  ['a number', { instances: 4, version: 'v1' }, ['a v1', 'b v1', 'c v1', 'a v1']],
  ['none', { instances: 0 }, []],
  [
    'parts, one with a zone',
    { instances: [{ zone: 'eu-west-1a', count: 2 }, { count: 3 }] },
    ['a undefined', 'a undefined', 'b undefined', 'c undefined', 'b undefined'],
  ],
  ['parts with versions', { version: 'v1', instances: [{ count: 1 }, { version: 'v2' }] }, ['a v1', 'b v2']],
  ['one zone', { instances: 2, zones: ['eu-west-1b'] }, ['b undefined', 'b undefined']],
])('Instances given as %s are spread evenly', (_, group, expected) => {
  expect(planned(group)).toEqual(expected);
});

test.each([
  [{ groups: { web: { instances: 1, region: 'eu-central-1' } } }, 'which is none of regions'],
  [{ groups: { web: { instances: 1, zones: ['us-east-1a'] } } }, 'is not in eu-west-1'],
  [{ groups: { web: { instances: 1, targetGroups: ['x'] } } }, 'which targetGroups does not hold'],
  [{ groups: { web: { instances: [{ zone: 'eu-west-1d' }] } } }, "none of the group's zones"],
  [{ groups: { web: { instances: 4, max: 2 } } }, 'below the 4 instances'],
  [{ groups: { web: { instances: 1, min: 2 } } }, 'above the 1 instances'],
  [{ provisioningFailures: [{ instance: { group: 'web', index: 0 } }] }, 'which groups does not hold'],
])('%j is refused', (description, message) => {
  expect(
    cloudChecks(parseDescription(description))
      .map((found) => found.message)
      .join(),
  ).toContain(message);
});
