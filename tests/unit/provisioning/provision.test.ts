import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { provision, type ProvisionMemo } from '../../../lib/provisioning/provision';
import { environment } from '../support/tables';
import { contextOf, now, recordOf, saving, settingsOf } from '../compensation/fakeContext';
import { commandEffect } from '../../../lib/provisioning/commandEffect';

const autoScaling = mockClient(AutoScalingClient);
const ec2 = mockClient(EC2Client);
const elb = mockClient(ElasticLoadBalancingV2Client);
const ssm = mockClient(SSMClient);
const clients = {
  autoScaling: new AutoScalingClient({}),
  ec2: new EC2Client({}),
  elb: new ElasticLoadBalancingV2Client({}),
  ssm: new SSMClient({}),
};
const commit = '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7';
const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1';
const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `i-${String(index).padStart(3, '0')}`);

/** A fleet with commands that end at once on every instance as `ends` says. */
const fleetOf = (ids: readonly string[], ends: (id: string) => string = () => 'Success') => {
  let members = [...ids];
  const sent: { part: string; ids: string[] }[] = [];
  const partsOf = new Map<string, string>();
  const fleet = {
    sent,
    onSend: () => {},
    /** Whether an instance can already be found by its tag: tags spread with a delay. */
    isFound: (id: string): boolean => id !== '',
    lose: (id: string) => {
      members = members.filter((member) => member !== id);
    },
  };
  autoScaling.on(DescribeAutoScalingGroupsCommand).callsFake(() => ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        TargetGroupARNs: [arn],
        Instances: members.map((InstanceId) => ({
          InstanceId,
          LifecycleState: 'InService',
          HealthStatus: 'Healthy',
        })),
      },
    ],
  }));
  ec2
    .on(DescribeInstancesCommand)
    .callsFake(({ Filters: [filter] }: { Filters: { Values: string[] }[] }) => ({
      Reservations: [
        {
          Instances: (filter?.Values ?? []).map((InstanceId) => ({ InstanceId, State: { Name: 'running' } })),
        },
      ],
    }));
  ec2
    .on(CreateTagsCommand)
    .callsFake(({ Resources, Tags }: { Resources: string[]; Tags: { Key: string; Value: string }[] }) => {
      const part = Tags.find(({ Key }) => Key === 'forseti:part')?.Value;
      if (part !== undefined) for (const id of Resources) partsOf.set(id, part);
      return {};
    });
  elb.on(DescribeTargetGroupsCommand).resolves({
    TargetGroups: [{ HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2, UnhealthyThresholdCount: 2 }],
  });
  elb.on(DescribeTargetHealthCommand).callsFake(() => ({
    TargetHealthDescriptions: members.map((Id) => ({ Target: { Id }, TargetHealth: { State: 'healthy' } })),
  }));
  ssm
    .on(SendCommandCommand)
    .callsFake((input: { Comment: string; Targets?: { Values: string[] }[]; InstanceIds?: string[] }) => {
      fleet.onSend();
      const mark = input.Targets?.[0]?.Values[0];
      const tagged = [...partsOf].filter(([id, of]) => of === mark && fleet.isFound(id)).map(([id]) => id);
      const id = mark?.replace('api-v2-1 ', '') ?? input.Comment;
      sent.push({ part: id, ids: input.InstanceIds ?? tagged });
      return { Command: { CommandId: id } };
    });
  ssm.on(ListCommandsCommand).callsFake(({ CommandId }: { CommandId?: string }) => ({
    Commands: CommandId === undefined ? [] : [{ CommandId, Status: 'Success' }],
  }));
  ssm
    .on(ListCommandInvocationsCommand)
    .callsFake(({ CommandId, InstanceId }: { CommandId: string; InstanceId?: string }) => ({
      CommandInvocations: (sent.find(({ part }) => part === CommandId)?.ids ?? [])
        .filter((id) => InstanceId === undefined || id === InstanceId)
        .map((id) => ({
          InstanceId: id,
          Status: ends(id),
          CommandPlugins: [
            { Name: 'provision', Status: 'Failed', Output: `forseti-source: ${commit}\nPLAY` },
          ],
        })),
    }));
  ssm
    .on(GetCommandInvocationCommand)
    .resolves({ StandardOutputContent: 'TASK [shop]', StandardErrorContent: 'fatal: no disk' });
  return fleet;
};

beforeEach(() => {
  for (const mock of [autoScaling, ec2, elb, ssm]) mock.reset();
});

/** Polls until it is over or fails, with the delays that it asks for. */
const run = async (more: object = {}) => {
  let clock = now;
  const context = contextOf({
    record: recordOf({
      settings: settingsOf({ provisioning: { source: { s3: 's3://playbooks/api.zip' }, ...more } }),
    }),
    now: () => clock,
  });
  const warnings: string[] = [];
  Object.assign(context.core, {
    environment,
    records: {
      set: () => Promise.resolve(),
      warn: (_: string, ...more: string[]) => {
        warnings.push(...more);
        return Promise.resolve();
      },
    },
  });
  const memo: Partial<ProvisionMemo> = {};
  for (;;) {
    const progress = await provision(context, memo, saving(memo), clients);
    if ('over' in progress) return { over: progress.over, context, memo, warnings };
    clock += (progress.expectedSeconds ?? 5) * 1000;
  }
};
const tagged = () =>
  ec2.commandCalls(CreateTagsCommand).map(({ args: [{ input }] }) => ({
    ids: [...(input.Resources ?? [])].sort(),
    version: input.Tags?.find(({ Key }) => Key === 'forseti:version')?.Value,
  }));

describe('Provisioning a fleet', () => {
  test('Provision runs on one instance first and on the rest afterwards, and tags all of them with the version', async () => {
    const { sent } = fleetOf(names(20));
    const { over, memo } = await run();
    expect(sent.map(({ part, ids }) => ({ part, count: ids.length }))).toEqual([
      { part: 'first', count: 1 },
      { part: 'rest', count: 19 },
    ]);
    expect(sent[0]?.ids).toEqual([memo.first]);
    expect(tagged().at(-1)).toEqual({ ids: names(20), version: 'v2' });
    expect(over).toEqual({ provisioned: 20, failed: 0 });
  });

  test('The rest is given what the first instance fetched; if that one does not say so, there is a warning', async () => {
    const revisions = () =>
      ssm.commandCalls(SendCommandCommand).map(({ args: [{ input }] }) => input.Parameters?.['Revision']);
    fleetOf(names(3));
    const own = { document: environment.documents.provision };
    expect((await run(own)).warnings).toEqual([]);
    expect(revisions()).toEqual([undefined, [commit]]);
    ssm.resetHistory();
    fleetOf(names(3));
    ssm.on(ListCommandInvocationsCommand, { Details: true }).resolves({
      CommandInvocations: [{ CommandPlugins: [{ Output: 'PLAY forseti-source: no line of its own' }] }],
    });
    expect((await run(own)).warnings).toEqual([expect.stringMatching(/did not report what it fetched/)]);
    expect(revisions()).toEqual([undefined, undefined]);
  });

  test('Provision targets tags, so that 350 instances take as many commands and writes as two', async () => {
    const { sent } = fleetOf(names(350));
    const { context } = await run();
    expect(sent).toHaveLength(2);
    expect([...context.effects.keys()].sort()).toEqual([
      'effect#command#first',
      'effect#command#rest',
      'effect#instance-tags#part 1',
      'effect#instance-tags#tainted after 0, 1',
      'effect#instance-tags#tainted after 1, 1',
      'effect#instance-tags#version 1',
    ]);
    const sizes = [...context.effects.values()].map((effect) => JSON.stringify(effect).length);
    expect(Math.max(...sizes)).toBeLessThan(200_000);
  });

  test('Provision marks as tainted what a command has begun on, and nobody before', async () => {
    fleetOf(names(3), () => 'Failed');
    await expect(run()).rejects.toMatchObject({ name: 'ProvisionFailed' });
    const [first = ''] = tagged().find(({ version }) => version === 'tainted')?.ids ?? [];
    const [one, other, last] = tagged();
    expect([one?.version, other?.version]).toEqual([undefined, undefined]);
    expect([one, other].flatMap((call) => call?.ids ?? []).sort()).toEqual(names(3));
    expect([first, last]).toEqual([expect.stringMatching(/^i-/), { ids: [first], version: 'tainted' }]);
    expect(tagged()).toHaveLength(3);
  });

  test('Provision does not touch the rest when the first fails, and reports the end of its output', async () => {
    const { sent } = fleetOf(names(4), () => 'Failed');
    const failure = await run({ maxErrors: '3' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ProvisionFailed' });
    expect((failure as Error).message).toMatch(
      /i-00\d: the playbook failed\n {4}TASK \[shop\]\n {4}fatal: no disk/,
    );
    expect(sent).toHaveLength(1);
  });

  test('Provision fails if more than maxErrors of the rest fail, and tags none with the version', async () => {
    const bad = new Set<string>();
    const fleet = fleetOf(names(20), (id) => (bad.has(id) ? 'Failed' : 'Success'));
    fleet.onSend = () => {
      // Once the first instance has succeeded.
      if (fleet.sent.length > 0)
        names(20)
          .filter((id) => !fleet.sent[0]?.ids.includes(id))
          .slice(0, 2)
          .forEach((id) => bad.add(id));
    };
    await expect(run({ maxErrors: '5%' })).rejects.toMatchObject({ name: 'ProvisionFailed' });
    expect(tagged().some(({ version }) => version === 'v2')).toBe(false);
  });

  test('Provision tolerates as many failures as maxErrors says; failed instances stay tainted and are reported', async () => {
    let bad = '';
    fleetOf(names(10), (id) => (id === bad ? 'Failed' : 'Success'));
    const probe = await run();
    bad = names(10).find((id) => id !== probe.memo.first) ?? '';
    ec2.resetHistory();
    const { over, warnings } = await run({ maxErrors: '10%' });
    expect(over).toEqual({ provisioned: 9, failed: 1 });
    expect(tagged().at(-1)?.ids).not.toContain(bad);
    expect(warnings).toEqual([expect.stringContaining(bad)]);
  });

  describe('A fleet of which tags find only a part', () => {
    const late = (count: number, found: number, ends?: (id: string) => string) => {
      const fleet = fleetOf(names(count), ends);
      let first = '';
      fleet.isFound = (id) => {
        if (fleet.sent.length === 0) first = id;
        return id === first || names(found).includes(id);
      };
      return fleet;
    };

    test('Provision runs on the instances that the tags missed, and on none twice', async () => {
      const { sent } = late(200, 60);
      const { over } = await run();
      expect(over).toEqual({ provisioned: 200, failed: 0 });
      const reached = sent.flatMap(({ ids }) => ids);
      expect(reached).toHaveLength(200);
      expect([...new Set(reached)].sort()).toEqual(names(200));
      expect(Math.max(...sent.slice(2).map(({ ids }) => ids.length))).toBeLessThanOrEqual(50);
    });

    test('Provision judges all invocations: failures of the first command and of the later ones count together', async () => {
      const probe = late(200, 60);
      await run();
      const [rest = [], again = []] = probe.sent.slice(1).map(({ ids }) => ids);
      const bad = new Set([rest[0], again[0]]);
      late(200, 60, (id) => (bad.has(id) ? 'Failed' : 'Success'));
      await expect(run({ maxErrors: '1' })).rejects.toThrow(/failed on 2 of 200 instances/);
    });

    test('Provision sends no more commands once too many have failed', async () => {
      const probe = late(200, 60);
      await run();
      const bad = new Set(probe.sent[2]?.ids);
      const { sent } = late(200, 60, (id) => (bad.has(id) ? 'Failed' : 'Success'));
      await expect(run({ maxErrors: '1' })).rejects.toThrow(
        /failed on 50 of 200 instances and never began on/,
      );
      expect(sent).toHaveLength(3);
    });
  });

  test('Provision ignores an instance that left the fleet meanwhile', async () => {
    const fleet = fleetOf(names(5), (id) => (id === 'i-000' || id === 'i-001' ? 'Failed' : 'Success'));
    fleet.onSend = () => {
      fleet.lose('i-000');
      fleet.lose('i-001');
    };
    const { over } = await run();
    expect(over).toEqual({ provisioned: 3, failed: 0 });
  });

  test('Provision waits until the first instance had time to fail its health checks before it trusts them', async () => {
    fleetOf(names(2));
    const context = contextOf();
    Object.assign(context.core, { environment });
    const memo: Partial<ProvisionMemo> = {};
    const progress = await provision(context, memo, saving(memo), clients);
    expect(progress).toMatchObject({ waitFor: [], expectedSeconds: 20 });
  });

  test('Provision fails if the first instance does not become healthy', async () => {
    fleetOf(names(2));
    elb.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions: [] });
    await expect(run()).rejects.toMatchObject({ name: 'InstanceUnhealthy' });
  });

  test('Provision adopts a command that an earlier try sent, by its comment', async () => {
    fleetOf(['i-000']);
    ssm.on(ListCommandsCommand).callsFake(({ CommandId }: { CommandId?: string }) => ({
      Commands: [
        { CommandId: CommandId ?? 'first', Comment: 'forseti api-v2-1 first', Status: 'InProgress' },
      ],
    }));
    const context = contextOf();
    Object.assign(context.core, { environment });
    // An earlier try wrote its intent, sent the command, and died.
    const intent = { target: 'first', before: null, wrote: {} } as const;
    await context.core.effects.intend(context.record.deployment, 'Provision', commandEffect, intent);
    const memo: Partial<ProvisionMemo> = {};
    const progress = await provision(context, memo, saving(memo), clients);
    expect(progress).toMatchObject({ waitFor: ['command#first'] });
    expect(ssm.commandCalls(SendCommandCommand)).toHaveLength(0);
  });
});
