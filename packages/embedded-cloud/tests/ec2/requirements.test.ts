import { addInstance, makeWorld } from './world';

const account = '123456789012';

describe('What IAM must allow', () => {
  test('Is, for CreateImage with tags: the instance with its tags, a new image and snapshot without any, and tagging', () => {
    const world = makeWorld();
    const { id } = addInstance(world, { 'acme:application': 'api' });
    const required = world.requires('CreateImage', {
      InstanceId: id,
      Name: 'api-v2',
      TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'acme:deployment', Value: 'd1' }] }],
    });
    expect(required.map(({ action, resource }) => [action, resource])).toEqual([
      ['ec2:CreateImage', `arn:aws:ec2:eu-west-1:${account}:instance/${id}`],
      ['ec2:CreateImage', 'arn:aws:ec2:eu-west-1::image/*'],
      ['ec2:CreateImage', 'arn:aws:ec2:eu-west-1::snapshot/*'],
      ['ec2:CreateTags', 'arn:aws:ec2:eu-west-1::image/*'],
    ]);
    expect(required[0]?.context).toMatchObject({ 'aws:resourcetag/acme:application': 'api' });
    expect(required[1]?.context).toEqual({
      'ec2:region': 'eu-west-1',
      'aws:tagkeys': ['acme:deployment'],
      'aws:requesttag/acme:deployment': 'd1',
    });
    expect(required[3]?.context).toMatchObject({ 'ec2:createaction': 'CreateImage' });
  });

  test('Is, for RunInstances from a template: each resource it uses or makes, and passing the role', () => {
    const world = makeWorld();
    const required = world.requires('RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateName: 'api', Version: '1' },
    });
    expect(required.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      `ec2:RunInstances arn:aws:ec2:eu-west-1::image/${world.image.id}`,
      `ec2:RunInstances arn:aws:ec2:eu-west-1:${account}:subnet/*`,
      `ec2:RunInstances arn:aws:ec2:eu-west-1:${account}:security-group/*`,
      `ec2:RunInstances arn:aws:ec2:eu-west-1:${account}:launch-template/${world.template.id}`,
      `ec2:RunInstances arn:aws:ec2:eu-west-1:${account}:instance/*`,
      `ec2:RunInstances arn:aws:ec2:eu-west-1:${account}:volume/*`,
      `ec2:RunInstances arn:aws:ec2:eu-west-1:${account}:network-interface/*`,
      // The template's own tags.
      `ec2:CreateTags arn:aws:ec2:eu-west-1:${account}:instance/*`,
      `iam:PassRole arn:aws:iam::${account}:role/web`,
    ]);
    for (const { action, context } of required)
      if (action === 'ec2:RunInstances')
        expect(context?.['ec2:launchtemplate']).toBe(
          `arn:aws:ec2:eu-west-1:${account}:launch-template/${world.template.id}`,
        );
  });

  test('Is, for a template named instead of numbered, the same resource', () => {
    const world = makeWorld();
    const arn = `arn:aws:ec2:eu-west-1:${account}:launch-template/${world.template.id}`;
    for (const naming of [{ LaunchTemplateName: 'api' }, { LaunchTemplateId: world.template.id }]) {
      expect(world.requires('CreateLaunchTemplateVersion', naming)[0]?.resource).toBe(arn);
    }
  });

  test('Is, for every Describe action but the attribute of one instance or image, the action on everything', () => {
    const world = makeWorld();
    const names = Object.keys(world.ec2.actions).filter(
      (name) => name.startsWith('Describe') && !/^Describe(Instance|Image)Attribute$/.test(name),
    );
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      expect(world.requires(name, {})).toMatchObject([{ action: `ec2:${name}`, resource: '*' }]);
    }
  });
});
