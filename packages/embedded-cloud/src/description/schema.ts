/**
 * The schema of an embedded cloud's description: people write it in YAML or JSON, it is checked here and built by
 * build.ts. Durations are text (`90s`, `10m`, `1h30m`); unknown keys are refused.
 */
import * as z from 'zod';
import { capacity, outage, throttling, unhealthy } from './faultSchemas';
import { count, duration, regionName, tags, zone } from './parts';

export const processes = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
] as const;

const agent = z.strictObject({
  dead: z.boolean().optional().describe('The SSM agent does not answer (any more).'),
  hangs: z.boolean().optional().describe('Takes commands and never finishes them.'),
  version: z
    .string()
    .regex(/^\d+(\.\d+){3}$/, 'expected a version such as 3.3.3050.0')
    .optional()
    .describe('Of the SSM agent.'),
});

const maintenance = z.strictObject({
  code: z
    .enum(['instance-reboot', 'system-reboot', 'system-maintenance', 'instance-retirement', 'instance-stop'])
    .default('instance-retirement'),
  in: duration.describe('From the start of the cloud.'),
});

const instances = z.strictObject({
  count: z.number().int().min(1).max(1_000).default(1),
  version: z.string().optional().describe('What runs on them.'),
  zone: zone.optional().describe("Spread over the group's zones unless set."),
  standby: z.boolean().default(false),
  protected: z.boolean().default(false).describe('From scale-in.'),
  tags: tags.default({}).describe('Beside those of the group.'),
  agent: agent.optional(),
  maintenance: maintenance.optional().describe('A scheduled event of EC2.'),
  diesAfter: duration.optional().describe('The host fails then.'),
  instanceType: z.string().optional(),
});

const launchTemplate = z.strictObject({
  name: z.string().optional().describe("The group's name unless set; two groups may share one."),
  reference: z
    .union([z.literal('$Latest'), z.literal('$Default'), z.number().int().min(1)])
    .default(1)
    .describe('What the group names: a number, or $Latest or $Default.'),
  instanceType: z.string().default('m5.large'),
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
  imageParameter: z
    .string()
    .startsWith('resolve:ssm:')
    .optional()
    .describe('The image by a parameter, resolve:ssm:NAME, which is made.'),
});

const mixedInstances = z.strictObject({
  instanceTypes: z.array(z.string()).min(1).max(40),
  onDemandBase: count(1_000).default(0),
  onDemandPercentage: z.number().int().min(0).max(100).default(100),
});

const hook = z.strictObject({
  on: z.enum(['launching', 'terminating']),
  timeout: duration.default('1h'),
  otherwise: z
    .enum(['CONTINUE', 'ABANDON'])
    .default('ABANDON')
    .describe('What follows when nobody completes it within the time-out.'),
  completes: z
    .strictObject({ with: z.enum(['CONTINUE', 'ABANDON']).default('CONTINUE'), after: duration })
    .optional()
    .describe('Somebody outside completes it so; nobody unless set.'),
});

const scheduledAction = z.strictObject({
  in: duration.describe('From the start of the cloud.'),
  min: count(10_000).optional(),
  max: count(10_000).optional(),
  desired: count(10_000).optional(),
});

const warmPool = z.strictObject({
  min: count(1_000).default(0),
  state: z.enum(['Stopped', 'Running', 'Hibernated']).default('Stopped'),
});

const group = z.strictObject({
  region: regionName.optional().describe('The first region unless set.'),
  zones: z.array(zone).min(1).optional().describe('Three of its region unless set.'),
  instances: z
    .union([z.number().int().min(0).max(1_000), z.array(instances)])
    .describe('How many, or which.'),
  version: z.string().optional().describe('What runs on instances that do not say otherwise.'),
  min: count(10_000).optional().describe('Half of the instances unless set.'),
  max: count(10_000).optional().describe('Twice the instances unless set.'),
  launchTemplate: launchTemplate.prefault({}),
  launchConfiguration: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("A launch configuration of this name instead, with the template's image and type."),
  mixedInstances: mixedInstances.optional(),
  targetGroups: z.array(z.string()).optional().describe('By their names below; one of its own unless set.'),
  securityGroups: z
    .array(z.string())
    .min(1)
    .max(5)
    .optional()
    .describe('By their names below; `default` unless set.'),
  suspended: z.array(z.enum(processes)).default([]).describe('Processes that somebody suspended before.'),
  healthCheckType: z.enum(['EC2', 'ELB']).default('ELB'),
  gracePeriod: duration.default('5m'),
  warmup: duration.optional(),
  hooks: z.record(z.string(), hook).default({}),
  scheduledActions: z.record(z.string(), scheduledAction).default({}),
  unhealthy: z.array(unhealthy).default([]).describe('Instances that fail their checks.'),
  warmPool: warmPool.optional(),
  operator: z.string().optional().describe('Principal that alone may change the group.'),
  tags: tags.default({}),
});

const targetGroup = z.strictObject({
  region: regionName.optional(),
  port: z.number().int().min(1).max(65_535).default(80),
  deregistrationDelay: duration.default('30s').describe("AWS's own default is 5m."),
  healthCheck: z
    .strictObject({
      path: z.string().startsWith('/').default('/health'),
      interval: duration.default('10s'),
      healthyThreshold: z.number().int().min(2).max(10).default(2),
      unhealthyThreshold: z.number().int().min(2).max(10).default(2),
    })
    .prefault({}),
});

const loadBalancer = z.strictObject({
  region: regionName.optional(),
  listeners: z
    .array(
      z.strictObject({
        port: z.number().int().min(1).max(65_535).default(80),
        protocol: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
        targetGroup: z.string().optional().describe('Of the default rule; it answers 404 unless set.'),
        rules: z
          .array(
            z.strictObject({
              priority: z.number().int().min(1).max(50_000),
              hosts: z.array(z.string().min(1).max(128)).default([]),
              paths: z.array(z.string().startsWith('/').max(128)).default([]),
              targetGroup: z.string(),
            }),
          )
          .default([]),
      }),
    )
    .min(1),
});

const securityGroup = z.strictObject({
  region: regionName.optional(),
  rules: z
    .array(
      z.strictObject({
        port: z.number().int().min(1).max(65_535),
        cidr: z.string().regex(/^[0-9a-f.:]+\/\d{1,3}$/, 'expected a block such as 203.0.113.0/24'),
        description: z.string().max(255).optional(),
      }),
    )
    .default([])
    .describe('What somebody opened before.'),
});

export const alarmSchema = z.strictObject({
  region: regionName.optional(),
  rule: z
    .string()
    .max(10_240)
    .optional()
    .describe(
      'Of a composite alarm: ALARM(a) OR ALARM(b). It follows from those alarms and says nothing else.',
    ),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).default('OK').describe('At the start.'),
  namespace: z.string().default('AWS/ApplicationELB'),
  metric: z.string().default('HTTPCode_Target_5XX_Count'),
  dimensions: z.record(z.string(), z.string()).default({}),
  threshold: z.number().default(10),
  rings: z
    .array(z.strictObject({ in: duration, for: duration.default('10m') }))
    .default([])
    .describe('When it goes to ALARM, and for how long.'),
});

const provisioningFailure = z.strictObject({
  version: z.string().optional().describe('Of the application; any unless set.'),
  instance: z
    .strictObject({ group: z.string(), index: count(10_000) })
    .optional()
    .describe('The so-many-th instance of a group, from 0.'),
  times: z.number().int().min(1).optional().describe('How often; always unless set.'),
  exitCode: z.number().int().min(1).max(255).default(2),
  output: z.string().optional(),
  errorOutput: z.string().optional(),
  after: duration.optional(),
  hangs: z.boolean().optional().describe('Runs until its time-out.'),
});

const push = z.strictObject({
  source: z
    .string()
    .regex(/^(s3|https|ssh):\/\/\S+$/, 'expected s3://BUCKET/KEY or the address of a Git repository')
    .describe('As the parameters of commands name it.'),
  ref: z.string().default('main').describe('The branch or tag, of a Git repository.'),
  in: duration.describe('From the start of the cloud.'),
});

const imageOutcome = z.strictObject({
  nameContains: z.string().optional().describe('Any image unless set.'),
  failure: z.string().optional().describe('The reason that EC2 gives; the image comes to be unless set.'),
  takes: duration.optional(),
  times: z.number().int().min(1).optional(),
});

/** Durations of AWS and the application. They have the names of the cloud's own timings, without the unit. */
const timings = z.strictObject({
  api: duration.optional().describe('Answer of an API call; default 0.03s.'),
  coldStart: duration.optional().describe('Of a Lambda sandbox; default 0.4s.'),
  warmStart: duration.optional(),
  warmFor: duration.optional(),
  transition: duration.optional().describe('Between two states of a machine; default 0.025s.'),
  event: duration.optional().describe('From an event to its target; default 0.5s.'),
  queue: duration.optional(),
  boot: duration.optional().describe('RunInstances to running; default 25s.'),
  agent: duration.optional().describe("Running to the agent's first ping; default 20s."),
  applicationStart: duration.optional(),
  image: duration.optional().describe('CreateImage to available; default 4m.'),
  imageCopy: duration.optional(),
  command: duration.optional().describe('Provisioning one instance; default 2m.'),
  terminate: duration.optional(),
  spread: z.number().min(0).max(1).optional().describe('How far durations vary, as a share; default 0.2.'),
});

const stackFailure = z.strictObject({
  act: z.enum(['create', 'import', 'update', 'delete', 'roll back']),
  number: z.number().int().min(1).describe('Which one of these fails, counted from the first.'),
  reason: z.string().min(1).max(500),
});

export const cloudSchema = z.strictObject({
  regions: z.array(regionName).min(1).max(5).default(['eu-west-1']),
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected twelve digits')
    .default('111122223333'),
  stack: z
    .boolean()
    .default(true)
    .describe(
      'Whether the stack is there already. Without it the account is as somebody finds it who installs it.',
    ),
  ebsDefaultKey: z
    .string()
    .startsWith('arn:aws:kms:')
    .optional()
    .describe('A key of its own with which the account encrypts all new volumes.'),
  stackFailures: z
    .array(stackFailure)
    .default([])
    .describe('What CloudFormation fails to do, in each region, in its order.'),
  startAt: z.iso.datetime().default('2026-11-22T08:00:00Z').describe('Virtual time at the start.'),
  groups: z.record(z.string().min(1).max(255), group).default({}),
  targetGroups: z.record(z.string().min(1).max(32), targetGroup).default({}),
  loadBalancers: z
    .record(z.string().min(1).max(32), loadBalancer)
    .default({})
    .describe('A target group that none of them names has a load balancer of its own.'),
  securityGroups: z
    .record(z.string().min(1).max(255), securityGroup)
    .default({})
    .describe('Beside `default`.'),
  alarms: z.record(z.string().min(1).max(255), alarmSchema).default({}),
  quotas: z
    .record(
      z.string().regex(/^L-[0-9A-F]{8}$/, 'expected a quota code such as L-1216C47A'),
      z.number().min(0),
    )
    .default({})
    .describe(
      "L-1216C47A: vCPUs of running on-demand standard instances. L-B99A9384: Lambda's concurrent executions, 10 in a new account.",
    ),
  capacity: z.array(capacity).default([]),
  outages: z.array(outage).default([]).describe('When services, or whole regions, are down.'),
  throttling: z.array(throttling).default([]).describe("When others in the account use up its APIs' rates."),
  images: z.array(imageOutcome).default([]).describe('How images that are made come out.'),
  provisioningFailures: z.array(provisioningFailure).default([]),
  pushes: z
    .array(push)
    .default([])
    .describe('When somebody changes what a provisioning document takes from its source.'),
  brokenVersions: z.array(z.string()).default([]).describe('Versions whose instances never become healthy.'),
  timings: timings.default({}),
});

export type CloudDescription = z.output<typeof cloudSchema>;
export type GroupDescription = CloudDescription['groups'][string];
export type InstancesDescription = Exclude<GroupDescription['instances'], number>[number];
