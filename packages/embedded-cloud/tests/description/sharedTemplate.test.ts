import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudChecks } from '../../src/description/checks';
import { cloudOptions } from '../../src/description/options';

const shared = { version: 'v1', instances: 1, launchTemplate: { name: 'shared' } };

test('Two groups that name one launch template share it, and its image.', () => {
  const parsed = parseDescription({ groups: { api: shared, batch: shared } });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  const { ec2, groups } = {
    ec2: cloud.region(cloud.home).service('ec2').state,
    groups: cloud.region(cloud.home).service('autoscaling').state.groups,
  };
  const [template, ...others] = Object.values(ec2.launchTemplates);
  expect(others).toEqual([]);
  for (const { launch, instances } of Object.values(groups)) {
    expect(launch.launchTemplate?.id).toBe(template?.id);
    for (const { imageId } of Object.values(instances))
      expect(imageId).toBe(template?.versions['1']?.data.ImageId);
  }
});

test('It cannot be described in two ways.', () => {
  const problems = (other: object) =>
    cloudChecks(parseDescription({ groups: { api: shared, batch: { ...shared, ...other } } }));
  expect(problems({})).toEqual([]);
  expect(problems({ launchTemplate: { name: 'shared', instanceType: 'm7g.large' } })).toMatchObject([
    { path: ['groups', 'batch', 'launchTemplate'] },
  ]);
  expect(problems({ version: 'v2' })).toHaveLength(1);
  expect(problems({ launchTemplate: { name: 'own' } })).toEqual([]);
});
