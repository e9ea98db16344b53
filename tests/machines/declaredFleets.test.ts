import { readFileSync } from 'node:fs';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { parse as parseHcl } from '@cdktf/hcl2json';
import { transpileModule } from 'typescript';
import { giveGroup, minuteMs, untilState } from './support/acts';
import { rested } from './support/rested';
import { commandLineOn } from './support/commandLine';
import type { TestStack } from './support/testStack';
import { parseTemplate } from '../unit/support/cloudFormationYaml';

jest.setTimeout(60_000);

const fleet = { group: { instances: 4, min: 2, max: 20 } };
const v3 = { application: 'api', version: 'v3' };
const provisioned = { settings: { rollout: { strategy: 'none' } } };
const golden = {
  settings: { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
};

/** The group and the newest version of its launch template, as Terraform's provider and CloudFormation read them. */
const live = async ({ session }: TestStack) => {
  const { AutoScalingGroups: groups = [] } = await session
    .connect(AutoScalingClient)
    .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['api'] }));
  const [group] = groups;
  const { LaunchTemplateVersions: versions = [] } = await session.connect(EC2Client).send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: group?.LaunchTemplate?.LaunchTemplateId,
      Versions: ['1', '$Latest'],
    }),
  );
  const [first, newest = first] = versions;
  if (!group || !first || !newest) throw new Error('There is no group api with a launch template.');
  return { group, first, newest };
};

const drift = async (stack: TestStack): Promise<string> => {
  await stack.cloud.advance(15 * minuteMs);
  const { out } = await commandLineOn(stack.session)('status', 'api', '--format', 'json');
  return JSON.stringify((JSON.parse(out) as { drift?: { differences?: unknown } }).drift ?? null);
};

describe('A fleet that Terraform declares', () => {
  interface Block {
    readonly lifecycle: readonly [{ readonly ignore_changes: readonly string[] }];
    readonly tag?: readonly { readonly key: string }[];
    readonly tags?: Readonly<Record<string, string>>;
    readonly [attribute: string]: unknown;
  }
  const read = async () => {
    const { resource } = (await parseHcl('main.tf', readFileSync('examples/fleets/main.tf', 'utf8'))) as {
      resource: Record<string, Record<string, readonly [Block]>>;
    };
    const [group] = resource.aws_autoscaling_group?.api ?? [];
    const [template] = resource.aws_launch_template?.api ?? [];
    if (!group || !template) throw new Error('examples/fleets/main.tf lacks a resource.');
    return { group, template };
  };
  const ignored = ({ lifecycle: [{ ignore_changes }] }: Block): string[] =>
    ignore_changes.map((one) => one.replace(/^\$\{(.*)\}$/, '$1'));

  /**
   * The attributes that a plan would change but for ignore_changes: what the provider reads beside what the file says. An
   * attribute that is not declared counts as its default, unless the provider computes it.
   */
  const planned = async (stack: TestStack): Promise<string[]> => {
    const { group, template } = await read();
    const { group: found, first, newest } = await live(stack);
    const { LaunchTemplateData: data = {} } = newest;
    const tags = (found.Tags ?? []).map(({ Key }) => Key).sort();
    const declared = (group.tag ?? []).map(({ key }) => key).sort();
    const differs: Readonly<Record<string, boolean>> = {
      // The file says latest_version, which the provider has just read.
      'launch_template[0].version': found.LaunchTemplate?.Version !== String(newest.VersionNumber),
      min_size: found.MinSize !== group.min_size,
      max_size: found.MaxSize !== group.max_size,
      suspended_processes: (found.SuspendedProcesses ?? []).length > 0,
      tag: JSON.stringify(tags) !== JSON.stringify(declared),
      image_id: data.ImageId !== first.LaunchTemplateData?.ImageId,
      tag_specifications:
        (data.TagSpecifications ?? []).length > 0 && template.tag_specifications === undefined,
      description: newest.VersionDescription !== undefined,
    };
    return Object.keys(differs).filter((attribute) => differs[attribute] === true);
  };

  test('A plan changes nothing, whether a deployment runs or has ended; without ignore_changes it would', async () => {
    const { group, template } = await read();
    const takes = new Set([...ignored(group), ...ignored(template)]);
    const stack = await rested({ ...fleet, ...provisioned }, 'v2');
    const after = await planned(stack);
    expect(after).toEqual(expect.arrayContaining(['image_id', 'tag_specifications', 'description']));
    expect(after.filter((attribute) => !takes.has(attribute))).toEqual([]);
    const arn = await stack.start(v3, 'v3');
    await untilState(stack, 'Provision');
    const meanwhile = await planned(stack);
    expect(meanwhile).toContain('suspended_processes');
    expect(meanwhile.filter((attribute) => !takes.has(attribute))).toEqual([]);
    expect((await stack.ended(arn)).outcome).toBe('Deployed');
  });

  test('It declares the tags that let Forseti change it, names no version by $Latest, and has no refresh of its own', async () => {
    const { group, template } = await read();
    expect(group.tag?.map(({ key }) => key)).toContain('forseti:application');
    expect(template.tags).toEqual({ 'forseti:application': 'api' });
    expect(JSON.stringify(group)).not.toMatch(/\$(Latest|Default)/);
    expect([group.instance_refresh, group.desired_capacity]).toEqual([undefined, undefined]);
    expect(ignored(group)).toContain('desired_capacity');
  });

  test('A change of the template reaches the fleet with the next deployment, once the group has its version', async () => {
    const stack = await rested({ ...fleet, ...golden }, 'v2');
    const { newest } = await live(stack);
    const { LaunchTemplateData: data, LaunchTemplateId: id } = newest;
    // What is ignored keeps the newest version's value.
    const { LaunchTemplateVersion: made } = await stack.session.connect(EC2Client).send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        LaunchTemplateData: { ...data, InstanceType: 'm5.xlarge' } as object,
      }),
    );
    expect(await drift(stack)).not.toMatch(/the group uses version/);
    await giveGroup(stack, String(made?.VersionNumber));
    expect((await stack.deploy(v3, 'v3')).outcome).toBe('Deployed');
    expect((await live(stack)).newest.LaunchTemplateData?.InstanceType).toBe('m5.xlarge');
  });
});

describe('A fleet that CloudFormation declares', () => {
  const { Resources: resources, Parameters: parameters } = parseTemplate(
    readFileSync('examples/fleets/cloudformation.yml', 'utf8'),
  ) as {
    Parameters: Record<string, { Default?: number }>;
    Resources: Record<string, { Properties: Record<string, unknown>; UpdatePolicy?: object }>;
  };
  const group = resources.Group?.Properties as {
    MinSize: string;
    MaxSize: { Ref: string };
    LaunchTemplate: { Version: { Ref: string } };
    DesiredCapacity?: unknown;
    Tags: readonly { Key: string }[];
  };

  /**
   * A stack update that changes a property of the group: CloudFormation sends all of them, with this stack's parameters
   * (CloudFormation User Guide, "AutoScalingScheduledAction": sizes are set to the template's values).
   */
  const update = async (stack: TestStack, given: Readonly<Record<string, number>>) => {
    const value = (name: string) => given[name] ?? parameters[name]?.Default;
    const { group: found } = await live(stack);
    await stack.session.connect(AutoScalingClient).send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'api',
        MinSize: Number(group.MinSize),
        MaxSize: value(group.MaxSize.Ref),
        LaunchTemplate: {
          LaunchTemplateId: found.LaunchTemplate?.LaunchTemplateId,
          Version: String(value(group.LaunchTemplate.Version.Ref)),
        },
      }),
    );
  };
  const present = async (stack: TestStack) => Number((await live(stack)).group.LaunchTemplate?.Version);

  test('An update after a deployment that is given the present version leaves the release, and is no drift', async () => {
    const stack = await rested({ ...fleet, ...golden }, 'v2');
    const version = await present(stack);
    const { group: before } = await live(stack);
    await update(stack, { MaxSize: 30, LaunchTemplateVersion: version });
    const { group: after } = await live(stack);
    expect([after.MaxSize, after.DesiredCapacity]).toEqual([30, before.DesiredCapacity]);
    expect(await present(stack)).toBe(version);
    expect(await drift(stack)).not.toMatch(/the group uses version/);
    expect((await stack.deploy(v3, 'v3')).outcome).toBe('Deployed');
    expect((await live(stack)).group.MaxSize).toBe(30);
  });

  test('An update in the middle of a deployment that is given the present version does not disturb it', async () => {
    const stack = await rested({ ...fleet, ...golden }, 'v2');
    const arn = await stack.start(v3, 'v3');
    await untilState(stack, 'BakeImage');
    await update(stack, { MaxSize: 30, LaunchTemplateVersion: await present(stack) });
    expect((await stack.ended(arn)).outcome).toBe('Deployed');
    expect((await live(stack)).group.MaxSize).toBe(30);
  });

  test('An update with the number of long ago takes the release back, which is told as drift', async () => {
    const stack = await rested({ ...fleet, ...golden }, 'v2');
    const version = await present(stack);
    await update(stack, { MaxSize: 30 });
    expect(await present(stack)).toBeLessThan(version);
    expect(await drift(stack)).toMatch(/the group uses version/);
  });

  test('It sets no capacity, replaces no instances, and has the tags that let Forseti change it', () => {
    expect(group.DesiredCapacity).toBeUndefined();
    expect(resources.Group?.UpdatePolicy).toEqual({
      AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true },
    });
    expect(group.Tags.map(({ Key }) => Key)).toContain('forseti:application');
    expect(JSON.stringify(resources.LaunchTemplate)).toContain('forseti:application');
  });
});

test('The file of the CDK is TypeScript without an error of syntax, and overrides the version', () => {
  const text = readFileSync('examples/fleets/cdk.ts', 'utf8');
  const { diagnostics = [] } = transpileModule(text, { reportDiagnostics: true });
  expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
  expect(text).toContain("addPropertyOverride('LaunchTemplate.Version'");
  expect(text).not.toMatch(/^\s*(desiredCapacity|updatePolicy):/m);
});
