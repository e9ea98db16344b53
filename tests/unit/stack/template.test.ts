import { readFileSync } from 'node:fs';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { applicationSchema } from '../../../lib/application/schema';
import { warmStates } from '../../../lib/engine/warmth';
import { compileStack } from '../../../cli/local/stack';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

let template: CloudFormationTemplate;
beforeAll(async () => {
  ({ template } = await compileStack(process.cwd()));
}, 60_000);

const ofType = (type: string) =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** Every role's statements, by the role's logical id. */
const statements = (): [string, Statement][] =>
  ofType('AWS::IAM::Role').flatMap(([id, { Properties: properties }]) => {
    const { Policies: policies = [] } = properties as unknown as {
      Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
    };
    return policies.flatMap(({ PolicyDocument: { Statement: found } }) =>
      found.map((statement): [string, Statement] => [id, statement]),
    );
  });

test('Every function has a role of its own', () => {
  const roles = ofType('AWS::Lambda::Function').map(([, { Properties: properties }]) =>
    JSON.stringify((properties as unknown as { Role: unknown }).Role),
  );
  expect(roles.length).toBeGreaterThan(20);
  expect(new Set(roles).size).toBe(roles.length);
  expect(template.Resources).not.toHaveProperty('IamRoleLambdaExecution');
});

test('No role has a wildcard in an action', () => {
  const wild = statements().flatMap(([id, { Action }]) =>
    list(Action)
      .filter((action) => action.includes('*'))
      .map((action) => `${id} ${action}`),
  );
  expect(wild).toEqual([]);
});

/** Actions without a resource, by the Service Authorization Reference. */
const withoutResource =
  /^(autoscaling:Describe|ec2:Describe|elasticloadbalancing:Describe|ssm:(DescribeInstanceInformation|DescribeParameters|ListCommands|ListCommandInvocations|CancelCommand|GetCommandInvocation)$|lambda:(GetAccountSettings|ListEventSourceMappings)$|cloudtrail:LookupEvents$|servicequotas:(Get|List)ServiceQuotas?$|imagebuilder:List(Image|Container)Recipes$|logs:)/;

test('A role names its resources, unless AWS has no permission on one resource', () => {
  const wild = statements()
    .filter(([, { Resource }]) => Resource === '*')
    .flatMap(([id, { Action }]) =>
      list(Action)
        .filter((action) => !withoutResource.test(action))
        .map((action) => `${id} ${action}`),
    );
  expect(wild).toEqual([]);
});

test('Names of roles contain the region, since IAM is global, and are short enough', () => {
  for (const [, { Properties: properties }] of ofType('AWS::IAM::Role')) {
    const name = JSON.stringify((properties as unknown as { RoleName?: unknown }).RoleName ?? '');
    if (name !== '""') expect(name).toMatch(/AWS::Region|eu-west-1/);
  }
});

test('Functions run on Node 24, no longer than a take-over of the lock waits, and none is packaged with another', () => {
  for (const [, { Properties: properties }] of ofType('AWS::Lambda::Function')) {
    const { Runtime, Timeout } = properties as unknown as { Runtime: string; Timeout: number };
    expect(Runtime).toBe('nodejs24.x');
    expect(Timeout).toBeLessThanOrEqual(60);
  }
});

test('Tables and queues are encrypted, and queues take messages from their own rules only', () => {
  for (const [, { Properties: properties }] of ofType('AWS::DynamoDB::Table'))
    expect(properties).toMatchObject({ SSESpecification: { SSEEnabled: true } });
  for (const [, { Properties: properties }] of ofType('AWS::SQS::Queue'))
    expect(properties).toMatchObject({ SqsManagedSseEnabled: true });
  for (const [, { Properties: properties }] of ofType('AWS::SQS::QueuePolicy')) {
    const { PolicyDocument: document } = properties as unknown as {
      PolicyDocument: { Statement: readonly { Condition?: unknown; Principal: unknown }[] };
    };
    for (const { Condition, Principal } of document.Statement) {
      expect(Principal).toEqual({ Service: 'events.amazonaws.com' });
      expect(Condition).toHaveProperty('ArnEquals');
    }
  }
});

test('Topics are encrypted by a key that lets alarms and this account’s publishers use it, and nobody else', () => {
  const topics = ofType('AWS::SNS::Topic');
  expect(topics.length).toBeGreaterThan(1);
  for (const [, { Properties: properties }] of topics)
    expect(properties).toMatchObject({ KmsMasterKeyId: { Ref: 'TopicsKey' } });
});

/** Everything in the template that lets a caller in: policies of resources, permissions of functions. */
const doors = (): [string, { readonly Principal: unknown; readonly Condition?: unknown }][] => [
  ...ofType('AWS::Lambda::Permission').map(
    ([id, { Properties: properties }]): [string, { readonly Principal: unknown }] => [
      id,
      properties as unknown as { readonly Principal: unknown },
    ],
  ),
  ...Object.entries(template.Resources).flatMap(([id, { Properties: properties }]) => {
    const found: [string, { readonly Principal: unknown; readonly Condition?: unknown }][] = [];
    JSON.stringify(properties ?? {}, (_key, value: unknown) => {
      const one = value as { Effect?: string; Principal?: unknown } | null;
      if (typeof one === 'object' && one?.Effect === 'Allow' && one.Principal !== undefined)
        found.push([id, { ...one, Principal: one.Principal }]);
      return value;
    });
    return found;
  }),
];

test('The function URL of the webhooks is the only open door', () => {
  expect(doors().length).toBeGreaterThan(40);
  const open = doors().filter(([, { Principal }]) => /"\*"/.test(JSON.stringify(Principal)));
  const permissions = open.filter(([id]) => template.Resources[id]?.Type === 'AWS::Lambda::Permission');
  for (const [id, permission] of permissions) {
    expect([id, JSON.stringify(permission)]).toEqual([id, expect.stringContaining('WebhookLambdaFunction')]);
    expect(permission).toEqual(
      expect.objectContaining(
        'FunctionUrlAuthType' in permission
          ? { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }
          : { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
      ),
    );
  }
  expect(permissions).toHaveLength(2);
  const others = open.filter((door) => !permissions.includes(door));
  expect(others.map(([id]) => id)).toEqual(['TopicsKey']);
  expect(others[0]?.[1].Condition).toEqual({
    StringEquals: {
      'kms:CallerAccount': { Ref: 'AWS::AccountId' },
      'kms:ViaService': { 'Fn::Sub': 'sns.${AWS::Region}.${AWS::URLSuffix}' },
    },
  });
  expect(ofType('AWS::Lambda::Url')).toHaveLength(1);
});

test('The bucket is closed, encrypted, and reachable over encrypted connections only', () => {
  const [[, bucket] = [], ...more] = ofType('AWS::S3::Bucket').filter(([id]) => id === 'OutputBucket');
  expect(more).toEqual([]);
  expect(bucket?.Properties).toMatchObject({
    BucketEncryption: expect.any(Object) as object,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  expect(JSON.stringify(template.Resources.OutputBucketPolicy)).toContain('"aws:SecureTransport":"false"');
});

test('Every queue but the dead-letter queues has one, and every rule sends what it cannot deliver to one', () => {
  for (const [id, { Properties: properties }] of ofType('AWS::SQS::Queue'))
    expect([id, 'RedrivePolicy' in (properties ?? {})]).toEqual([
      id,
      // The probe itself reports a message that it has sent and did not receive.
      !id.endsWith('DeadLetters') && id !== 'ProbeQueue',
    ]);
  for (const [id, { Properties: properties }] of ofType('AWS::Events::Rule')) {
    const { EventPattern, Targets } = properties as unknown as {
      EventPattern?: unknown;
      Targets: readonly { DeadLetterConfig?: unknown }[];
    };
    if (EventPattern !== undefined)
      for (const target of Targets) expect([id, target.DeadLetterConfig]).not.toEqual([id, undefined]);
  }
});

/** `Fn::GetAtt` of an ARN. */
const idIn = (arn: unknown): string =>
  (arn as { 'Fn::GetAtt'?: readonly string[] } | undefined)?.['Fn::GetAtt']?.[0] ?? '';

test('The dead letters of a queue were meant for it: a redrive sends nothing else to it', () => {
  const deadOf = Object.fromEntries(
    ofType('AWS::SQS::Queue').map(([id, { Properties: properties }]) => {
      const { RedrivePolicy: redrive } = properties as { RedrivePolicy?: { deadLetterTargetArn: unknown } };
      return [id, idIn(redrive?.deadLetterTargetArn)];
    }),
  );
  const sources = Object.values(deadOf).filter((dead) => dead !== '');
  expect(new Set(sources).size).toBe(sources.length);
  const wired = ofType('AWS::Events::Rule').flatMap(([id, { Properties: properties }]) => {
    const { Targets } = properties as unknown as {
      Targets: readonly { Arn: unknown; DeadLetterConfig?: { Arn: unknown } }[];
    };
    return Targets.filter(({ DeadLetterConfig: dead }) => dead !== undefined).map(
      ({ Arn, DeadLetterConfig: dead }) => [id, idIn(dead?.Arn), deadOf[idIn(Arn)] ?? 'EventsDeadLetters'],
    );
  });
  expect(wired.length).toBeGreaterThan(10);
  for (const [id, dead, expected] of wired) expect([id, dead]).toEqual([id, expected]);
});

test('Every dead-letter queue has an alarm that pages at the first message', () => {
  const watched = ofType('AWS::CloudWatch::Alarm').flatMap(([, { Properties: properties }]) => {
    const { MetricName, Threshold, AlarmActions, Dimensions } = properties as unknown as {
      readonly MetricName: string;
      readonly Threshold: number;
      readonly AlarmActions: readonly unknown[];
      readonly Dimensions: readonly { readonly Value: unknown }[];
    };
    const pages = JSON.stringify(AlarmActions).includes('PagingTopic');
    return MetricName === 'ApproximateNumberOfMessagesVisible' && Threshold === 0 && pages
      ? idIn(Dimensions[0]?.Value)
      : [];
  });
  const dead = ofType('AWS::SQS::Queue').flatMap(([id]) => (id.endsWith('DeadLetters') ? id : []));
  expect(dead.length).toBeGreaterThan(3);
  expect(watched.sort()).toEqual(dead.sort());
});

test('No alarm of the stack itself causes a rollback: the rule for alarms leaves out all of them', () => {
  const own = ofType('AWS::CloudWatch::Alarm').map(
    ([, { Properties: properties }]) => (properties as { AlarmName: string }).AlarmName,
  );
  const [, rule] = ofType('AWS::Events::Rule').find(([id]) => id === 'AlarmRule') ?? [];
  const { EventPattern: pattern } = rule?.Properties as {
    EventPattern: { detail: { alarmName: [{ 'anything-but': string[] }] } };
  };
  expect(pattern.detail.alarmName[0]['anything-but']).toEqual([...own].sort());
});

test('Each state of the machine is a function of its name, and each function stands in the template', () => {
  const serverless = readFileSync('serverless.yml', 'utf8');
  const named = [...serverless.matchAll(/\$\{file\(functions\/\w+\/(\w+)\.yml\)\}/g)].map(([, name]) => name);
  const functions = ofType('AWS::Lambda::Function').map(([id]) => id.replace('LambdaFunction', ''));
  expect(functions.sort()).toEqual([...named].sort());
});

test('There is one copy of the SDK core: two would double every bundle', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, unknown> };
  for (const name of ['@smithy/core', '@aws-sdk/core'])
    expect(Object.keys(lock.packages).filter((path) => path.endsWith(`node_modules/${name}`))).toEqual([
      `node_modules/${name}`,
    ]);
});

/** A function's statements for an action, as text. */
const allowing = (state: string, action: string): string =>
  JSON.stringify(
    statements()
      .filter(([id, { Action }]) => id.startsWith(`${state}IamRole`) && list(Action).includes(action))
      .map(([, statement]) => statement),
  );

test.each(['Rollout', 'Restore', 'TakeOut', 'PutBack', 'LaunchBuilder'])(
  'The role of %s may launch whatever a launch template holds, shared or not, with the tags that it gives',
  (state) => {
    for (const kind of ['capacity-reservation', 'placement-group', 'security-group', 'subnet'])
      expect(allowing(state, 'ec2:RunInstances')).toContain(`:*:${kind}/*`);
    for (const kind of ['spot-instances-request/*', 'license-configuration:*', 'group/*'])
      expect(allowing(state, 'ec2:RunInstances')).toContain(`:${kind}`);
    for (const kind of ['network-interface', 'spot-instances-request'])
      expect(allowing(state, 'ec2:CreateTags')).toContain(`${kind}/*`);
  },
);

test.each(['Provision', 'TakeOut', 'PutBack', 'BakeImage'])(
  'The role of %s may send a command whose output goes to the bucket',
  (state) => {
    expect(allowing(state, 'ssm:SendCommand')).toContain('"Fn::GetAtt":["OutputBucket","Arn"]');
  },
);

test.each(['LaunchBuilder', 'VerifyImage', 'BakeImage', 'CopyImages'])(
  'The role of %s may use the keys of the parameter ImageKeys through EC2 only, and give grants to AWS only',
  (state) => {
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptTo']) {
      expect(allowing(state, action)).toContain('{"Ref":"ImageKeys"}');
      expect(allowing(state, action)).toContain('"kms:ViaService":[{"Fn::Sub":"ec2.*.${AWS::URLSuffix}"}]');
    }
    expect(allowing(state, 'kms:CreateGrant')).toContain('"kms:GrantIsForAWSResource":"true"');
  },
);

test.each(['Rollout', 'RolloutRest', 'Restore', 'RollBack'])(
  'The role of %s starts refreshes, and may look at the alarms that these watch',
  (state) => {
    expect(allowing(state, 'autoscaling:StartInstanceRefresh')).not.toBe('[]');
    expect(allowing(state, 'cloudwatch:DescribeAlarms')).toContain(':alarm:*');
  },
);

test('No role may invoke a function that it does not name', () => {
  const invoking = statements().filter(([, { Action }]) => list(Action).includes('lambda:InvokeFunction'));
  expect(invoking.length).toBeGreaterThan(3);
  for (const [id, { Resource }] of invoking) {
    // A machine's role may invoke every version of a function that it names.
    const named = JSON.stringify(Resource).replaceAll('${functionArn}:*', '');
    expect([id, named]).not.toEqual([id, expect.stringContaining('*')]);
  }
});

test.each([
  ['Intake', 'deployment'],
  ['Accept', 'deployment'],
  ['Sweep', 'deployment'],
  ['AcceptRollback', 'rollback'],
] as const)('The role of %s may ping just what it keeps warm for a %s', (state, what) => {
  const named = [...allowing(state, 'lambda:InvokeFunction').matchAll(/"(\w+)LambdaFunction"/g)];
  expect(named.map(([, name]) => name).sort()).toEqual([...warmStates[what]].sort());
});

test('Roles that notify may publish to topics of Forseti only, which are those that the settings take', () => {
  const publishing = statements().filter(([, { Action }]) => list(Action).includes('sns:Publish'));
  expect(publishing.length).toBeGreaterThan(3);
  for (const [, { Resource }] of publishing) expect(JSON.stringify(Resource)).toMatch(/:forseti-\*/);
  const own = (name: string) =>
    applicationSchema.shape.notifications.safeParse({
      topicArn: `arn:aws:sns:eu-west-1:123456789012:${name}`,
    });
  expect(own('forseti-shop').success).toBe(true);
  expect(own('payroll').error?.issues[0]?.message).toMatch(/whose name begins with "forseti-"/);
});

/** The resources that a resource names, by `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`. */
const namedBy = (value: unknown): string[] => {
  const text = JSON.stringify(value);
  const patterns = [
    /"Ref":"(\w+)"/g,
    /"Fn::GetAtt":\["(\w+)"/g,
    /\$\{(\w+)(?:\.\w+)?\}/g,
    /"DependsOn":\[?"(\w+)"/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name ?? ''));
};

test('No resource waits for itself, which CloudFormation would refuse', () => {
  const through = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    expect(path).not.toContain(id);
    if (through.has(id)) return;
    for (const next of namedBy(template.Resources[id]))
      if (next in template.Resources) visit(next, [...path, id]);
    through.add(id);
  };
  for (const id of Object.keys(template.Resources)) visit(id, []);
  expect(through.size).toBeGreaterThan(100);
});

test.each(['TerminateBuilder', 'Restore'])(
  'The role of %s may terminate no member of a group by EC2 itself',
  (state) => {
    expect(allowing(state, 'ec2:TerminateInstances')).toContain(
      '"Null":{"aws:ResourceTag/aws:autoscaling:groupName":"true"}',
    );
  },
);

test('The source of a copied image is allowed by its owner, since AWS knows no tags of it there', () => {
  expect(allowing('CopyImages', 'ec2:CopyImage')).toContain('"ec2:Owner":{"Ref":"AWS::AccountId"}');
});

test('The shipped defaults make one region, reserve nothing, and name no key: any account takes them', () => {
  const defaults = Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, Default]),
  );
  expect(defaults).toMatchObject({
    HomeRegion: 'eu-west-1',
    StandbyRegion: '',
    AlarmConcurrency: 0,
    InstanceRoles: '*',
    ImageKeys: '',
  });
  expect(template.Resources.TakeAlarmLambdaFunction?.Properties?.ReservedConcurrentExecutions).toEqual({
    'Fn::If': ['ReservesForAlarms', { Ref: 'AlarmConcurrency' }, { Ref: 'AWS::NoValue' }],
  });
});

test('What outlives the stack is deleted when its own creation is rolled back, so that the next one finds its name free', () => {
  const kept = Object.values(template.Resources).filter(({ DeletionPolicy }) => DeletionPolicy !== undefined);
  expect(kept.map(({ Type }) => Type).sort()).toEqual([
    ...Array.from({ length: 1 }, () => 'AWS::DynamoDB::GlobalTable'),
    ...Array.from({ length: 6 }, () => 'AWS::DynamoDB::Table'),
    'AWS::S3::Bucket',
  ]);
  for (const one of kept)
    expect(one).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test('No part of the template names a partition', () => {
  expect(JSON.stringify(template)).not.toMatch(/arn:aws[-a-z]*:/);
});

test('Nothing is granted in a standby region that has no name', () => {
  const bare = JSON.stringify(template.Resources, (_, value: unknown) =>
    Array.isArray(value) && value[0] === 'HasStandby' ? undefined : value,
  );
  expect(bare).not.toMatch(/arn:[^"]*\$\{StandbyRegion\}/);
});
