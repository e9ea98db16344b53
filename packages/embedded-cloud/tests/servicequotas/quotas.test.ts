import { makeServiceQuotas } from '../../src/services/servicequotas';
import { makeSts } from '../../src/services/sts';
import { makeFakeRegion } from '../support/fakeRegion';

const vcpus = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };

const withQuotas = () => {
  const region = makeFakeRegion();
  return { region, quotas: region.add('servicequotas', makeServiceQuotas(region)) };
};

describe('A quota', () => {
  test('Is what was granted, beside what AWS grants by default', async () => {
    const { region, quotas } = withQuotas();
    quotas.grant('ec2', 'L-1216C47A', 64);
    expect(quotas.value('ec2', 'L-1216C47A')).toBe(64);
    expect(await region.send('servicequotas', 'GetServiceQuota', vcpus)).toMatchObject({
      Quota: { Value: 64 },
    });
    expect(await region.send('servicequotas', 'GetAWSDefaultServiceQuota', vcpus)).toMatchObject({
      Quota: { Value: 5 },
    });
  });

  test('Is refused where it is not known', async () => {
    const { region } = withQuotas();
    await expect(
      region.send('servicequotas', 'GetServiceQuota', { ...vcpus, QuotaCode: 'L-00000000' }),
    ).rejects.toMatchObject({ code: 'NoSuchResourceException' });
    await expect(
      region.send('servicequotas', 'ListServiceQuotas', { ServiceCode: 'nothing' }),
    ).rejects.toMatchObject({ code: 'NoSuchResourceException' });
  });

  test('Is listed by service', async () => {
    const { region } = withQuotas();
    const first = await region.send<{ Quotas: unknown[]; NextToken: string }>(
      'servicequotas',
      'ListServiceQuotas',
      {
        ServiceCode: 'autoscaling',
        MaxResults: 1,
      },
    );
    expect(first.Quotas).toHaveLength(1);
    const second = await region.send<{ Quotas: unknown[]; NextToken?: string }>(
      'servicequotas',
      'ListServiceQuotas',
      {
        ServiceCode: 'autoscaling',
        NextToken: first.NextToken,
      },
    );
    expect([second.Quotas.length, second.NextToken]).toEqual([1, undefined]);
  });
});

describe('GetCallerIdentity', () => {
  test('Names a person, and of a role its session', async () => {
    const region = makeFakeRegion();
    region.add('sts', makeSts());
    expect(await region.send('sts', 'GetCallerIdentity', {})).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/ada',
    });
    expect(
      await region.send(
        'sts',
        'GetCallerIdentity',
        {},
        {
          kind: 'function',
          arn: 'arn:aws:iam::123456789012:role/deploy-Lock-eu-west-1',
          name: 'Lock',
        },
      ),
    ).toMatchObject({ Arn: 'arn:aws:sts::123456789012:assumed-role/deploy-Lock-eu-west-1/Lock' });
  });
});
