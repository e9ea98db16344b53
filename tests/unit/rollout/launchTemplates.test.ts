import { launchSource, namesTemplate } from '../../../lib/rollout/launchSource';
import { preferencesBack, rolloutPreferences } from '../../../lib/rollout/preferences';
import { mergeTagSpecifications } from '../../../lib/rollout/templateTags';
import { settingsOf } from '../compensation/fakeContext';

const template = { id: 'lt-1', version: '5' };

describe('launchSource', () => {
  test('The launch source is the numbered version by id', () => {
    expect(launchSource({ mixed: undefined }, template)).toEqual({
      LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '5' },
    });
  });
  test('The launch source is a mixed instances policy as it was, with nothing but the version replaced', () => {
    const mixed = {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'web', Version: '4' },
        Overrides: [{ InstanceType: 'm7g.large', WeightedCapacity: '2' }],
      },
      InstancesDistribution: { OnDemandBaseCapacity: 3, SpotAllocationStrategy: 'price-capacity-optimized' },
    };
    const source = launchSource({ mixed }, template);
    expect(source).toEqual({
      MixedInstancesPolicy: {
        ...mixed,
        LaunchTemplate: {
          ...mixed.LaunchTemplate,
          LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '5' },
        },
      },
    });
    expect(namesTemplate(source, template)).toBe(true);
    expect(namesTemplate(source, { id: 'lt-1', version: '4' })).toBe(false);
  });
});

describe('mergeTagSpecifications', () => {
  test("The source's tags and other resource types are kept, and Forseti's own are replaced", () => {
    const source = [
      {
        ResourceType: 'instance' as const,
        Tags: [
          { Key: 'team', Value: 'shop' },
          { Key: 'forseti:version', Value: 'v1' },
        ],
      },
      { ResourceType: 'network-interface' as const, Tags: [{ Key: 'team', Value: 'shop' }] },
    ];
    expect(mergeTagSpecifications(source, { 'forseti:version': 'v2' })).toEqual([
      source[1],
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'team', Value: 'shop' },
          { Key: 'forseti:version', Value: 'v2' },
        ],
      },
      { ResourceType: 'volume', Tags: [{ Key: 'forseti:version', Value: 'v2' }] },
    ]);
  });
});

describe('The preferences of a refresh', () => {
  const rolloutOf = (more: object) => settingsOf({ rollout: more }).rollout;
  test('AWS watches the alarms, bakes and rolls back', () => {
    expect(rolloutPreferences(rolloutOf({ bakeMinutes: 5 }), ['errors'])).toMatchObject({
      AutoRollback: true,
      SkipMatching: false,
      AlarmSpecification: { Alarms: ['errors'] },
      BakeTime: 300,
      MinHealthyPercentage: 90,
      MaxHealthyPercentage: 110,
    });
  });
  test('There is no bake time if no alarm is watched', () => {
    const preferences = rolloutPreferences(rolloutOf({}), []);
    expect(preferences).not.toHaveProperty('BakeTime');
    expect(preferences).not.toHaveProperty('AlarmSpecification');
  });
  test('Checkpoints end at all instances, since AWS stops at the last one', () => {
    const settings = rolloutOf({ checkpoints: { percentages: [50, 10], delaySeconds: 60 } });
    expect(rolloutPreferences(settings, [])).toMatchObject({
      CheckpointPercentages: [10, 50, 100],
      CheckpointDelay: 60,
    });
  });
  test('The two limits are at most 100 apart, as AWS requires', () => {
    expect(
      rolloutPreferences(rolloutOf({ minHealthyPercentage: 50, maxHealthyPercentage: 200 }), []),
    ).toMatchObject({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
    });
  });
  test('A refresh back replaces every instance if instances were provisioned in place', () => {
    expect(preferencesBack(rolloutOf({}), { skipMatching: false })).toMatchObject({ SkipMatching: false });
    expect(preferencesBack(rolloutOf({}), { skipMatching: true })).toMatchObject({ SkipMatching: true });
    expect(preferencesBack(rolloutOf({}), { skipMatching: false })).not.toHaveProperty('AutoRollback');
  });
});
