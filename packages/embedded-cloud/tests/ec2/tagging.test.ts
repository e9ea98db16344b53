import type { DescribeTagsResult } from '@aws-sdk/client-ec2';
import { addInstance, makeWorld } from './world';

describe('Tags', () => {
  test('Are added, overwritten, listed and deleted', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    await world.send('CreateTags', { Resources: [id], Tags: [{ Key: 'role', Value: 'old' }, { Key: 'a' }] });
    await world.send('DeleteTags', {
      Resources: [id],
      Tags: [{ Key: 'a' }, { Key: 'role', Value: 'other' }],
    });
    const listed = await world.send<DescribeTagsResult>('DescribeTags', {
      Filters: [
        { Name: 'resource-id', Values: [id] },
        { Name: 'key', Values: ['role', 'a'] },
      ],
    });
    expect(listed.Tags).toEqual([{ ResourceId: id, ResourceType: 'instance', Key: 'role', Value: 'old' }]);
  });

  test('Go to all resources or to none', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    const call = world.send('CreateTags', {
      Resources: [id, 'i-00000000000000abc'],
      Tags: [{ Key: 'x', Value: 'y' }],
    });
    await expect(call).rejects.toMatchObject({ code: 'InvalidInstanceID.NotFound' });
    expect(world.ec2.instance(id)?.tags).not.toHaveProperty('x');
  });

  test.each([
    ['a reserved key', [{ Key: 'aws:mine', Value: '1' }], 'InvalidParameterValue'],
    ['an overlong value', [{ Key: 'k', Value: 'x'.repeat(257) }], 'InvalidParameterValue'],
    ['no tag', [], 'MissingParameter'],
    [
      'more than 50',
      Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })),
      'TagLimitExceeded',
    ],
  ])('Are refused with %s', async (_what, Tags, code) => {
    const world = makeWorld();
    const { id } = addInstance(world);
    await expect(world.send('CreateTags', { Resources: [id], Tags })).rejects.toMatchObject({ code });
  });
});
