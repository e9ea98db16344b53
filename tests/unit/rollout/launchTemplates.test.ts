import { launchSource, namesTemplate } from '../../../lib/rollout/launchSource';
import { preferencesBack, rolloutPreferences } from '../../../lib/rollout/preferences';
import { mergeTagSpecifications } from '../../../lib/rollout/templateTags';
import { settingsOf } from '../compensation/fakeContext';

const template = { id: 'lt-1', version: '5' };

describe('launchSource', () => {
  it('is the numbered version by id', () => {
    expect(launchSource({ mixed: undefined }, template)).toEqual({
      LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '5' },
    });
  });
  it('is a mixed instances policy as it was, with nothing but the version replaced', () => {
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
  it("keeps the source's tags and other resource types, and replaces our own", () => {
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

describe('the preferences of a refresh', () => {
  const rolloutOf = (more: object) => settingsOf({ rollout: more }).rollout;
  it('let AWS watch the alarms, bake and roll back', () => {
    expect(rolloutPreferences(rolloutOf({ bakeMinutes: 5 }), ['errors'])).toMatchObject({
      AutoRollback: true,
      SkipMatching: false,
      AlarmSpecification: { Alarms: ['errors'] },
      BakeTime: 300,
      MinHealthyPercentage: 90,
      MaxHealthyPercentage: 110,
    });
  });
  it('bake for nothing where no alarm is watched', () => {
    const preferences = rolloutPreferences(rolloutOf({}), []);
    expect(preferences).not.toHaveProperty('BakeTime');
    expect(preferences).not.toHaveProperty('AlarmSpecification');
  });
  it('end their checkpoints at all instances, since AWS stops at the last one', () => {
    const settings = rolloutOf({ checkpoints: { percentages: [50, 10], delaySeconds: 60 } });
    expect(rolloutPreferences(settings, [])).toMatchObject({
      CheckpointPercentages: [10, 50, 100],
      CheckpointDelay: 60,
    });
  });
  it('keep the two limits at most 100 apart, as AWS wants them', () => {
    expect(
      rolloutPreferences(rolloutOf({ minHealthyPercentage: 50, maxHealthyPercentage: 200 }), []),
    ).toMatchObject({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
    });
  });
  it('replace everything on the way back where instances were provisioned in place', () => {
    expect(preferencesBack(rolloutOf({}), { skipMatching: false })).toMatchObject({ SkipMatching: false });
    expect(preferencesBack(rolloutOf({}), { skipMatching: true })).toMatchObject({ SkipMatching: true });
    expect(preferencesBack(rolloutOf({}), { skipMatching: false })).not.toHaveProperty('AutoRollback');
  });
});
