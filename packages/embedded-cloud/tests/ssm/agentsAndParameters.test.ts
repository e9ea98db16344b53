import type { InstanceInformation, Parameter } from '@aws-sdk/client-ssm';
import { instanceId, withFleet } from './support';

describe('An agent', () => {
  const pings = async ({ send }: ReturnType<typeof withFleet>, input: object = {}) => {
    const { InstanceInformationList: list } = await send<{ InstanceInformationList: InstanceInformation[] }>(
      'DescribeInstanceInformation',
      input,
    );
    return list.map(({ PingStatus }) => PingStatus);
  };

  test('Registers some time after its instance runs', async () => {
    const fleet = withFleet(1);
    fleet.ssm.state.managed = {};
    fleet.ssm.instanceRunning(instanceId(0));
    await fleet.region.advance(19_000);
    expect(await pings(fleet)).toEqual([]);
    await fleet.region.advance(2_000);
    expect(await pings(fleet)).toEqual(['Online']);
    expect(fleet.region.spans).toMatchObject([{ kind: 'agent', subject: instanceId(0) }]);
  });

  test('Counts as online until a ping is missed, and as lost where it was dead from the start', async () => {
    const fleet = withFleet(2, { [instanceId(1)]: { dead: true, version: '3.1.0.0' } });
    expect(await pings(fleet)).toEqual(['Online', 'ConnectionLost']);
    fleet.ssm.instanceGone(instanceId(0));
    expect(await pings(fleet)).toEqual(['Online', 'ConnectionLost']);
    await fleet.region.advance(300_001);
    expect(await pings(fleet)).toEqual(['ConnectionLost', 'ConnectionLost']);
    expect(await pings(fleet, { Filters: [{ Key: 'AgentVersion', Values: ['3.1.0.0'] }] })).toHaveLength(1);
  });

  test('Is listed by pages of 5 to 50', async () => {
    const fleet = withFleet(12);
    const first = await fleet.send<{ NextToken: string }>('DescribeInstanceInformation', {});
    expect(await pings(fleet, { NextToken: first.NextToken })).toHaveLength(2);
    await expect(pings(fleet, { MaxResults: 4 })).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(pings(fleet, { Filters: [{ Key: 'Colour', Values: ['red'] }] })).rejects.toMatchObject({
      code: 'InvalidFilterKey',
    });
  });
});

describe('Parameter Store', () => {
  const put = ({ send }: ReturnType<typeof withFleet>, input: object = {}) =>
    send<{ Version: number; Tier: string }>('PutParameter', {
      Name: '/acme/api',
      Type: 'String',
      Value: 'one',
      ...input,
    });
  const value = async ({ send }: ReturnType<typeof withFleet>, Name: string, more: object = {}) =>
    (await send<{ Parameter: Parameter }>('GetParameter', { Name, ...more })).Parameter.Value;

  test('Keeps versions, of which any can be read', async () => {
    const fleet = withFleet(0);
    await put(fleet);
    expect(await put(fleet, { Value: 'two', Overwrite: true })).toEqual({ Version: 2, Tier: 'Standard' });
    expect([await value(fleet, '/acme/api'), await value(fleet, '/acme/api:1')]).toEqual(['two', 'one']);
    await expect(value(fleet, '/acme/api:3')).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
    await expect(value(fleet, '/acme/web')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    await expect(put(fleet)).rejects.toMatchObject({ code: 'ParameterAlreadyExists' });
  });

  test('Drops the oldest of 100 versions', async () => {
    const fleet = withFleet(0);
    for (let version = 1; version <= 101; version += 1) await put(fleet, { Overwrite: true });
    await expect(value(fleet, '/acme/api:1')).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
    expect(await value(fleet, '/acme/api:2')).toBe('one');
  });

  test('Refuses what the tier does not hold', async () => {
    const fleet = withFleet(0);
    const Value = 'x'.repeat(4_097);
    await expect(put(fleet, { Value })).rejects.toThrow('Standard tier parameters support a maximum');
    expect(await put(fleet, { Value, Tier: 'Intelligent-Tiering' })).toMatchObject({ Tier: 'Advanced' });
    await expect(
      put(fleet, { Value: 'x'.repeat(8_193), Tier: 'Advanced', Overwrite: true }),
    ).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test.each(['String', 'SecureString'])('Refuses a %s that nests another parameter', async (Type) => {
    const fleet = withFleet(0);
    const refused = {
      code: 'ValidationException',
      message: `Parameter value can't nest another parameter. Do not use "{{}}" in the value.`,
    };
    for (const Value of ['{{}}', '{{ ssm:name }}', '{"a":"{{ b }}"}', '{{\n}}'])
      await expect(put(fleet, { Type, Value })).rejects.toMatchObject(refused);
    for (const Value of ['{"a":{"b":{}}}', '{"a":"{\\u007b b }}"}', '}}{{'])
      expect(await put(fleet, { Type, Value, Overwrite: true })).toMatchObject({ Tier: 'Standard' });
  });

  test('Shows a SecureString only when asked to decrypt', async () => {
    const fleet = withFleet(0);
    await put(fleet, { Type: 'SecureString', Value: 'secret' });
    expect(await value(fleet, '/acme/api')).not.toContain('secret');
    expect(await value(fleet, '/acme/api', { WithDecryption: true })).toBe('secret');
  });

  test('Lists a path, of one level or all, by pages of at most 10', async () => {
    const fleet = withFleet(0);
    for (let index = 0; index < 11; index += 1) await put(fleet, { Name: `/acme/app${String(index)}` });
    await put(fleet, { Name: '/acme/deep/app' });
    const list = (input: object) =>
      fleet.send<{ Parameters: Parameter[]; NextToken?: string }>('GetParametersByPath', {
        Path: '/acme',
        ...input,
      });
    const first = await list({});
    expect(first.Parameters).toHaveLength(10);
    expect((await list({ NextToken: first.NextToken })).Parameters).toHaveLength(1);
    expect((await list({ Recursive: true, NextToken: first.NextToken })).Parameters).toHaveLength(2);
    await expect(list({ MaxResults: 11 })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
