import { instanceId, withFleet } from './support';

describe('A command', () => {
  test('Provisions every instance of its tag and tells of each change', async () => {
    const { region, instances, run, command, details } = withFleet(3);
    const id = await run();
    expect(await command(id)).toMatchObject({ Status: 'Pending', TargetCount: 3 });
    await region.advance(1_000);
    expect(await command(id)).toMatchObject({ Status: 'InProgress', CompletedCount: 0 });
    await region.advance(120_000);
    expect(await command(id)).toMatchObject({
      Status: 'Success',
      StatusDetails: 'Success',
      CompletedCount: 3,
    });
    expect(await details(id)).toEqual(['Success', 'Success', 'Success']);
    expect(Object.values(instances).map(({ software }) => software)).toEqual(['v2', 'v2', 'v2']);
    const whole = region.events.filter(
      ({ detailType }) => detailType === 'EC2 Command Status-change Notification',
    );
    expect(whole.map(({ detail }) => (detail as { status: string }).status)).toEqual([
      'InProgress',
      'Success',
    ]);
    const single = region.events.filter(
      ({ detailType }) => detailType === 'EC2 Command Invocation Status-change Notification',
    );
    expect(single).toHaveLength(6);
    expect(single.at(-1)).toMatchObject({
      source: 'aws.ssm',
      detail: {
        'command-id': id,
        'instance-id': instanceId(2),
        'document-name': 'provision',
        status: 'Success',
      },
    });
    expect(region.spans).toMatchObject([{ kind: 'command', subject: id }]);
  });

  test('Runs on as many at once as MaxConcurrency says', async () => {
    const { region, run, details } = withFleet(5);
    const id = await run({ MaxConcurrency: '30%' });
    await region.advance(60_000);
    expect((await details(id)).filter((one) => one === 'InProgress')).toHaveLength(2);
    await region.advance(120_000);
    expect((await details(id)).filter((one) => one === 'Success')).toHaveLength(2);
    await region.advance(300_000);
    expect(new Set(await details(id))).toEqual(new Set(['Success']));
  });

  test('Stops when one more than MaxErrors have failed', async () => {
    const { region, ssm, run, command, details, instances } = withFleet(4);
    ssm.state.failures = [{ instanceId: instanceId(0), version: 'v2', output: 'TASK [app] fatal' }];
    const id = await run({ MaxConcurrency: '1' });
    await region.advance(600_000);
    expect(await details(id)).toEqual(['Failed', 'Terminated', 'Terminated', 'Terminated']);
    expect(await command(id)).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed' });
    expect(instances[instanceId(0)]?.software).toBe('v1');
  });

  test('Is incomplete where errors were borne', async () => {
    const { region, ssm, run, command, details } = withFleet(4);
    ssm.state.failures = [{ instanceId: instanceId(0), times: 1 }];
    const id = await run({ MaxErrors: '1' });
    await region.advance(600_000);
    expect(await details(id)).toEqual(['Failed', 'Success', 'Success', 'Success']);
    expect(await command(id)).toMatchObject({ StatusDetails: 'Incomplete' });
  });

  test('Waits for a dead agent until it expires, which is no error', async () => {
    const { region, run, command, details } = withFleet(2, { [instanceId(1)]: { dead: true } });
    const id = await run({ TimeoutSeconds: 30 });
    await region.advance(629_000);
    expect(await details(id)).toEqual(['Success', 'InProgress']);
    await region.advance(2_000);
    expect(await details(id)).toEqual(['Success', 'DeliveryTimedOut']);
    expect(await command(id)).toMatchObject({
      StatusDetails: 'Incomplete',
      DeliveryTimedOutCount: 1,
      ErrorCount: 0,
    });
  });

  test('Is taken up by an agent that comes back in time', async () => {
    const { region, ssm, run, details } = withFleet(1, { [instanceId(0)]: { dead: true } });
    const id = await run();
    await region.advance(60_000);
    ssm.setAgent(instanceId(0), {});
    await region.advance(121_000);
    expect(await details(id)).toEqual(['Success']);
  });

  test('Times out on an agent that hangs', async () => {
    const { region, run, details, command } = withFleet(1, { '*': { hangs: true } });
    const id = await run();
    await region.advance(601_000);
    expect(await details(id)).toEqual(['ExecutionTimedOut']);
    expect(await command(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' });
  });

  test('Fails where the instance is restarted, and expires where it is gone', async () => {
    const { region, ssm, run, details } = withFleet(2);
    const id = await run();
    await region.advance(60_000);
    ssm.instanceRebooted(instanceId(0));
    ssm.instanceGone(instanceId(1));
    await region.advance(600_000);
    expect(await details(id)).toEqual(['Failed', 'InProgress']);
    await region.advance(3_600_000);
    expect(await details(id)).toEqual(['Failed', 'DeliveryTimedOut']);
  });

  test('Succeeds without instances where nothing bears the tag', async () => {
    const { region, run, command } = withFleet(1);
    const id = await run({ Targets: [{ Key: 'tag:acme:application', Values: ['other'] }] });
    await region.advance(1_000);
    expect(await command(id)).toMatchObject({
      Status: 'Success',
      StatusDetails: 'NoInstancesInTag',
      TargetCount: 0,
    });
  });

  test('Meets all targets, each by one of its values', async () => {
    const { run, invocations } = withFleet(4);
    const id = await run({
      Targets: [
        { Key: 'tag:acme:application', Values: ['web', 'api'] },
        { Key: 'tag:zone', Values: ['b'] },
      ],
    });
    expect((await invocations(id)).map(({ InstanceId }) => InstanceId)).toEqual([
      instanceId(1),
      instanceId(3),
    ]);
  });

  test('Is cancelled: what runs stops, what waits never starts', async () => {
    const { region, send, run, command, details, instances } = withFleet(2);
    const id = await run({ MaxConcurrency: '1' });
    await region.advance(10_000);
    await send('CancelCommand', { CommandId: id });
    expect(await details(id)).toEqual(['Cancelling', 'Cancelled']);
    await region.advance(600_000);
    expect(await details(id)).toEqual(['Cancelled', 'Cancelled']);
    expect(await command(id)).toMatchObject({ Status: 'Cancelled' });
    expect(instances[instanceId(0)]?.software).toBe('v1');
  });

  test('Shows the end of its run: exit code and the first 24,000 and 8,000 characters', async () => {
    const { region, ssm, run, send } = withFleet(1);
    ssm.state.failures = [{ output: 'o'.repeat(30_000), errorOutput: 'e'.repeat(9_000), exitCode: 4 }];
    const id = await run();
    await region.advance(300_000);
    const found = await send<Record<string, string>>('GetCommandInvocation', {
      CommandId: id,
      InstanceId: instanceId(0),
    });
    expect(found).toMatchObject({ Status: 'Failed', ResponseCode: 4, PluginName: 'provision' });
    expect([found['StandardOutputContent']?.length, found['StandardErrorContent']?.length]).toEqual([
      24_000, 8_000,
    ]);
  });
});

describe('SendCommand', () => {
  test.each<[string, object, string]>([
    [
      'more than 50 instance ids',
      { Targets: undefined, InstanceIds: Array.from({ length: 51 }, (_, i) => instanceId(i)) },
      'ValidationException',
    ],
    [
      'an instance that is not managed',
      { Targets: undefined, InstanceIds: [instanceId(99)] },
      'InvalidInstanceId',
    ],
    ['no target at all', { Targets: undefined }, 'InvalidTarget'],
    ['an unknown document', { DocumentName: 'nothing' }, 'InvalidDocument'],
    ['an unknown version of a document', { DocumentVersion: '7' }, 'InvalidDocumentVersion'],
    ['an unknown parameter', { Parameters: { Version: ['v2'], Other: ['x'] } }, 'InvalidParameters'],
    ['a missing parameter', { Parameters: {} }, 'InvalidParameters'],
    ['a parameter against its pattern', { Parameters: { Version: ['v2; rm -rf /'] } }, 'InvalidParameters'],
    ['a long comment', { Comment: 'x'.repeat(101) }, 'ValidationException'],
    ['a short time-out', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['a concurrency of none', { MaxConcurrency: '0' }, 'ValidationException'],
    ['too high a percentage of errors', { MaxErrors: '101%' }, 'ValidationException'],
  ])('Refuses %s', async (_, input, code) => {
    const { run } = withFleet(1);
    await expect(run(input)).rejects.toMatchObject({ code });
  });

  test('Needs its document and each instance, by their tags', () => {
    const { ssm, region } = withFleet(1);
    const requires = ssm.actions['SendCommand']?.requires(
      { DocumentName: 'AWS-ApplyAnsiblePlaybooks', Targets: [{ Key: 'tag:zone', Values: ['a'] }] },
      region,
      { kind: 'person', arn: '', name: '' },
    );
    expect(requires).toMatchObject([
      { action: 'ssm:SendCommand', resource: 'arn:aws:ssm:eu-west-1::document/AWS-ApplyAnsiblePlaybooks' },
      {
        resource: `arn:aws:ec2:eu-west-1:123456789012:instance/${instanceId(0)}`,
        context: { 'ssm:resourcetag/acme:application': 'api', 'aws:resourcetag/zone': 'a' },
      },
    ]);
  });

  test('Reads the version out of the extra variables of the Ansible document', async () => {
    const { region, instances, run } = withFleet(1);
    await run({
      DocumentName: 'AWS-ApplyAnsiblePlaybooks',
      Parameters: {
        SourceType: ['S3'],
        SourceInfo: ['{"path":"x"}'],
        ExtraVariables: ['SSM=True version=v3'],
      },
    });
    await region.advance(300_000);
    expect(instances[instanceId(0)]?.software).toBe('v3');
  });
});

test('A document is shown in the format that is asked for, and only commands are run', async () => {
  const { region, ssm } = withFleet(1);
  const YAML = 'schemaVersion: "2.2"\nmainSteps: [{action: "aws:runShellScript", name: a}]\n';
  ssm.createDocument({ Name: 'in-yaml', Content: YAML, DocumentFormat: 'YAML' });
  ssm.createDocument({
    Name: 'automation',
    Content: YAML,
    DocumentFormat: 'YAML',
    DocumentType: 'Automation',
  });
  const shown = (input: object) =>
    region.send<{ Content: string; DocumentFormat: string }>('ssm', 'GetDocument', {
      Name: 'in-yaml',
      ...input,
    });
  expect(await shown({})).toMatchObject({ Content: YAML, DocumentFormat: 'YAML' });
  const { Content: content } = await shown({ DocumentFormat: 'JSON' });
  expect(JSON.parse(content)).toMatchObject({ schemaVersion: '2.2', mainSteps: [{ name: 'a' }] });
  await expect(
    region.send('ssm', 'SendCommand', { DocumentName: 'automation', InstanceIds: [instanceId(0)] }),
  ).rejects.toMatchObject({ code: 'InvalidDocument' });
});
