/**
 * The settings of applications. One schema yields the types, the defaults, the validation and the JSON schema for
 * editors. The names of numbers include their units. Unknown keys are refused: a misspelt key must fail before anything
 * is touched.
 */
import * as z from 'zod';
import { concurrencies } from './concurrencies';
import { momentPattern, parseMoment, weekdays } from './moment';
import { usualPlaybook } from './placeholders';
import { ansibleTagPattern } from './provisioningDocument';
import { strategies } from './strategies';
import { isTimeZone } from './wallTime';

const percentage = (from: number, to: number) => z.number().int().min(from).max(to);
const minutes = (most: number) => z.number().int().min(0).max(most);

/** AWS allows letters, digits, `_.-` and `/` in most names that we pass on; ours are stricter. */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,29}$/, 'expected 1 to 30 lower case letters, digits or "-", a letter first')
  .describe('Name of an application: 1 to 30 lower case letters, digits or "-".');

export const rolloutStrategies = ['instance-refresh', 'surge', 'none'] as const;

const s3Source = z.strictObject({
  s3: z
    .string()
    .regex(/^s3:\/\/[a-z0-9.-]{3,63}\/.+$/, 'expected s3://BUCKET/KEY')
    .describe(
      'Archive (.tar.gz or .zip) with the playbook, as s3://BUCKET/KEY; {version} and {commit} are filled in.',
    ),
});
const gitSource = z.strictObject({
  git: z.string().regex(/^(https|ssh):\/\//, 'expected an https:// or ssh:// address'),
  ref: z
    .string()
    .default('main')
    .describe(
      'Branch, tag or commit; {version} and {commit} are filled in. It is resolved once: all instances of a deployment get the same commit.',
    ),
  tokenParameter: z
    .string()
    .optional()
    .describe('Name of a SecureString in Parameter Store; its value never leaves the instance.'),
});

const ansibleTags = z
  .array(
    z
      .string()
      .regex(ansibleTagPattern, 'expected a tag of Ansible: letters, digits and "_.:-", such as "web"'),
  )
  .max(50)
  .default([]);

const provisioning = z.strictObject({
  document: z
    .string()
    .optional()
    .describe(
      'SSM document; Forseti\'s own Ansible document unless set. "AWS-ApplyAnsiblePlaybooks" works too.',
    ),
  documentVersion: z.string().default('$DEFAULT'),
  parameters: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe(
      'Parameters of a document that is neither of the two that Forseti knows. {version}, {application}, {deployment}, {commit}, {extraVars} (JSON), {tags} and {skipTags} are filled in.',
    ),
  source: z
    .union([s3Source, gitSource])
    .optional()
    .describe('Where the playbook is; needed by the two documents that Forseti knows.'),
  playbook: z.string().default(usualPlaybook).describe('Path of the playbook inside the source.'),
  tags: ansibleTags.describe('Only what the playbook tags so is run (--tags).'),
  skipTags: ansibleTags.describe('What the playbook tags so is left out (--skip-tags).'),
  extraVars: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an Ansible variable'),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .default({})
    .describe(
      'Variables handed to Ansible as data. No secrets: parameters of commands can be read afterwards.',
    ),
  secrets: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
    .default({})
    .describe('Variable name to the name of a SecureString, which the instance itself reads.'),
  maxConcurrency: z
    .string()
    .regex(/^([1-9][0-9]{0,6}|[1-9][0-9]?%|100%)$/, 'expected a number or a percentage such as 25%')
    .default('25%'),
  maxErrors: z
    .string()
    .regex(/^([0-9]{1,7}|[0-9]{1,2}%|100%)$/, 'expected a number or a percentage such as 10%')
    .default('0'),
  timeoutMinutes: minutes(2_880).min(1).default(30).describe('For one instance.'),
  deliveryTimeoutSeconds: z
    .number()
    .int()
    .min(30)
    .max(2_592_000)
    .default(120)
    .describe('Until the agent takes the command.'),
});

const image = z.strictObject({
  reboot: z
    .boolean()
    .default(true)
    .describe('Reboot for a consistent file system. Without it the image is only crash-consistent.'),
  seal: z
    .boolean()
    .default(true)
    .describe('Keep logs, host keys, machine id and the listed paths out of the image.'),
  sealPaths: z
    .array(z.string().startsWith('/'))
    .default([])
    .describe('Further files to keep out of the image: secrets.'),
  verify: z
    .boolean()
    .default(true)
    .describe('With rollout none, boot one instance of the image before the group gets it.'),
  copyTo: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region')).default([]),
  keep: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('Good versions that are kept, each with its newest image.'),
  timeoutMinutes: minutes(1_440).min(5).default(60),
});

const builder = z.strictObject({
  instanceType: z.string().optional().describe("The launch template's own unless set."),
  subnet: z.string().optional().describe("The group's first subnet unless set."),
  baseImage: z
    .string()
    .regex(/^ami-[0-9a-f]{8,17}$/)
    .optional()
    .describe("Image that the builder starts from; the launch template's own unless set."),
  timeoutMinutes: minutes(240).min(2).default(15),
});

const rollout = z.strictObject({
  strategy: z
    .enum(rolloutStrategies)
    .optional()
    .describe('"none" for deploy-and-snapshot and "instance-refresh" for golden-instance, unless set.'),
  minHealthyPercentage: percentage(0, 100).default(90),
  maxHealthyPercentage: percentage(100, 200).default(110),
  instanceWarmupSeconds: z.number().int().min(0).max(21_600).default(60),
  maxFailedLaunches: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe(
      'So many new instances in a row may fail to launch, die or stay unhealthy past the health check grace period of the group (at least 5 minutes); then the rollout, rollback or way back ends.',
    ),
  checkpoints: z
    .strictObject({
      percentages: z.array(percentage(1, 100)).min(1).max(20),
      delaySeconds: z.number().int().min(0).max(172_800).default(300),
    })
    .optional(),
  approval: z
    .strictObject({
      percentage: percentage(1, 99).describe('Of the fleet: so much is replaced before somebody is asked.'),
      timeoutMinutes: minutes(10_000)
        .min(1)
        .default(1_440)
        .describe('Without an approval by then, the deployment is undone.'),
    })
    .optional()
    .describe('Rolls out to a part of the fleet, and to the rest when somebody approves.'),
  bakeMinutes: minutes(2_880).default(10).describe('How long alarms are watched after the rollout.'),
  timeoutMinutes: minutes(10_000).min(5).default(240),
});

const policy = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('target-tracking'),
    metric: z.enum([
      'ASGAverageCPUUtilization',
      'ASGAverageNetworkIn',
      'ASGAverageNetworkOut',
      'ALBRequestCountPerTarget',
    ]),
    target: z.number().positive(),
    targetGroup: z.string().optional().describe('For ALBRequestCountPerTarget; the first one unless set.'),
    disableScaleIn: z.boolean().default(false),
    instanceWarmupSeconds: z.number().int().min(0).optional(),
  }),
  z.strictObject({
    type: z.literal('step'),
    adjustment: z
      .enum(['ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity'])
      .default('ChangeInCapacity'),
    steps: z
      .array(z.strictObject({ from: z.number().optional(), to: z.number().optional(), by: z.number().int() }))
      .min(1)
      .max(20),
    minAdjustmentMagnitude: z.number().int().min(1).optional(),
    instanceWarmupSeconds: z.number().int().min(0).optional(),
  }),
]);

const alarm = z.strictObject({
  metric: z.string(),
  namespace: z.string().default('AWS/ApplicationELB'),
  dimensions: z
    .record(z.string(), z.string())
    .default({})
    .describe('AutoScalingGroupName is added for the namespaces AWS/EC2 and AWS/AutoScaling.'),
  statistic: z
    .string()
    .regex(/^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?)$/)
    .default('Average'),
  comparison: z.enum(['>', '>=', '<', '<=']).default('>'),
  threshold: z.number(),
  periodSeconds: z.number().int().min(10).default(60),
  evaluationPeriods: z.number().int().min(1).max(100).default(2),
  missingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
  runs: z.array(z.string()).default([]).describe('Names of the scaling policies that the alarm starts.'),
});

const ownName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'expected 1 to 100 letters, digits or "_.-"');

const scaling = z.strictObject({
  policies: z.record(ownName, policy).default({}),
  alarms: z.record(ownName, alarm).default({}),
});

const rollback = z.strictObject({
  alarms: z
    .array(z.string())
    .max(10, 'expected at most 10 alarms: AWS takes no more for one instance refresh')
    .default([])
    .describe(
      'Alarms that gate the rollout and undo a release: of scaling.alarms above, or any other by its full name.',
    ),
  windowMinutes: minutes(10_080)
    .default(60)
    .describe('How long after the bake time a ringing alarm still means this release.'),
  template: z
    .enum(['current', 'release'])
    .default('current')
    .describe(
      "What a rollback launches from: the group's present launch template with the release's image, or the launch template version of the release with all that others have changed since.",
    ),
});

/** The stack may publish only to topics with such names (resources/statements.yml, notify). */
const topicArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:forseti-[A-Za-z0-9_-]{1,248}$/,
    'expected the ARN of an SNS topic whose name begins with "forseti-", the only ones that Forseti may publish to, such as ' +
      '"arn:aws:sns:eu-west-1:123456789012:forseti-shop"',
  );

const notifications = z.strictObject({
  topicArn: topicArn.optional().describe("The stack's own topic unless set."),
  pagingTopicArn: topicArn.optional().describe("The stack's own paging topic unless set."),
  stalledAfterMinutes: minutes(10_080)
    .min(1)
    .default(10)
    .describe(
      'A step of a deployment or rollback that has not moved on for so long is told once, with its reason. A bake time, an approval or a checkpoint counts from its end.',
    ),
});

const given = ({ input }: { readonly input?: unknown }): string => JSON.stringify(input);
const momentForm =
  'expected a weekday or a date, with a time or without: "fri 16:00", "sat", "2026-12-20", "2026-12-20 18:00"';

const moment = z
  .string()
  .regex(momentPattern, { message: momentForm, abort: true })
  .refine((text) => parseMoment(text) !== undefined, {
    error: (issue) => `is ${given(issue)}; no calendar has that date`,
  });

const freezeWindow = z.strictObject({
  from: moment.describe(
    '"fri 16:00" of each week, or a date: "2026-12-20 18:00". Without a time the whole day.',
  ),
  to: moment.describe('As "from"; a day without a time is frozen to its end.'),
  reason: z.string().min(1).max(256).optional().describe('Told to whom it keeps waiting.'),
});

const timeZone = z
  .string()
  .default('UTC')
  .refine(isTimeZone, {
    error: (issue) => `is ${given(issue)}; expected an IANA time zone, such as "Europe/Rome" or "UTC"`,
  })
  .describe('IANA time zone in which these times are meant, summer time included.');

const freeze = z.strictObject({
  timeZone,
  windows: z
    .array(freezeWindow)
    .max(100)
    .default([])
    .describe('When deployments are refused. Rollbacks never are.'),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, such as "02:00"');

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
/** Minutes from a time of day until the clock next shows `to`; a whole day if both are equal. */
const minutesBetween = (from: string, to: string): number =>
  ((minutesOf(to) - minutesOf(from) + 1_439) % 1_440) + 1;

const maintenance = z.strictObject({
  replace: z
    .boolean()
    .default(false)
    .describe(
      'Whether an instance that EC2 is going to retire, stop or reboot, or whose status checks fail, is replaced by itself.',
    ),
  timeZone,
  hours: z
    .strictObject({
      from: timeOfDay.default('02:00'),
      to: timeOfDay.default('05:00').describe('Of the next day where it is not after "from".'),
    })
    .refine(({ from, to }) => minutesBetween(from, to) >= 30, {
      error: (issue) =>
        `are ${given(issue)}; expected 30 minutes at least: an instance needs some to be replaced`,
    })
    .prefault({})
    .describe('When that is done: out of hours.'),
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays])
    .describe('On which the hours begin.'),
});

/** An application is one fleet: a list of groups gets the way to have several. */
const oneGroup =
  'expected the name of one group: write an application for each group, with the same tags, so that one tag deploys them all';

export const applicationSchema = z.strictObject({
  group: z
    .string({ error: ({ input }) => (Array.isArray(input) ? oneGroup : undefined) })
    .min(1)
    .max(255)
    .describe('Name of the Auto Scaling group.'),
  launchTemplate: z
    .string()
    .optional()
    .describe("Name or id; the group's own unless set. If set, they must be the same."),
  targetGroups: z
    .array(z.string().startsWith('arn:'))
    .optional()
    .describe("ARNs; the group's own unless set. If set, they must be the same."),
  tags: z
    .strictObject({
      pattern: z
        .string()
        .default('^v[0-9]')
        .describe(
          'Regular expression (RE2 syntax: no lookaheads, no backreferences) that a git tag must match.',
        ),
      repository: z.string().optional().describe("The repository's name as events give it; any unless set."),
    })
    .prefault({}),
  strategy: z.enum(strategies).default('deploy-and-snapshot'),
  concurrency: z
    .enum(concurrencies)
    .optional()
    .describe(
      'A request while another deployment runs: refused ("reject"), or kept until it can start, in one place for the newest ("queue-latest"). Unless set, a git tag waits, and a person who types is asked, or refused where nobody can be asked.',
    ),
  provisioning,
  image: image.prefault({}),
  builder: builder.prefault({}),
  rollout: rollout.prefault({}),
  scaling: scaling.prefault({}),
  rollback: rollback.prefault({}),
  freeze: freeze.prefault({}),
  maintenance: maintenance.prefault({}),
  notifications: notifications.prefault({}),
});

export const settingsSchema = z.strictObject({
  applications: z.record(name, applicationSchema),
});

/** What a file says, with defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
export type ApplicationSettings = z.output<typeof applicationSchema>;
export type ScalingPolicySettings = z.output<typeof policy>;
export type AlarmSettings = z.output<typeof alarm>;
export type FreezeSettings = z.output<typeof freeze>;
export type MaintenanceSettings = z.output<typeof maintenance>;
export type Strategy = (typeof strategies)[number];
export type RolloutStrategy = (typeof rolloutStrategies)[number];
