import { type Found, type Path, show } from './explain';
import { nearest } from './nearest';
import { endsOf } from './moment';
import { dayMs } from './wallTime';
import type { AlarmSettings, ApplicationSettings, ScalingPolicySettings, Settings } from './schema';

type Find = (message: string, ...path: Path) => Found;
const at =
  (...start: Path): Find =>
  (message, ...path) => ({ path: [...start, ...path], message });

/** Why a text is no regular expression at all. It only compiles: what is stored is never matched by this engine. */
export const ofPatternSyntax = (pattern: string): string | undefined => {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? error.message.replace(/^Invalid regular expression: /, '')
      : String(error);
  }
};

const ofCheckpoints = ({ rollout }: ApplicationSettings, find: Find): Found[] => {
  const percentages = rollout.checkpoints?.percentages ?? [];
  const last = percentages.at(-1);
  const wrong = percentages.findIndex((percentage, index) => percentage <= (percentages[index - 1] ?? 0));
  const at = (index: number) => ['rollout', 'checkpoints', 'percentages', index];
  if (wrong >= 0) {
    const message = `is ${String(percentages[wrong])}, not above the one before; expected them to ascend`;
    return [find(message, ...at(wrong))];
  }
  if (last === undefined || last === 100) return [];
  const message = `ends with ${String(last)}; expected 100 as the last: AWS ends a refresh at its last checkpoint, and the rest would stay on the old version`;
  return [find(message, ...at(percentages.length - 1))];
};

const ofWaiting = ({ rollout }: ApplicationSettings, find: Find): Found[] => {
  const { checkpoints, bakeMinutes, timeoutMinutes } = rollout;
  const pauses = checkpoints ? (checkpoints.percentages.length - 1) * checkpoints.delaySeconds : 0;
  const waiting = Math.ceil(pauses / 60) + bakeMinutes;
  if (waiting < timeoutMinutes) return [];
  const message = checkpoints
    ? `is ${String(timeoutMinutes)}; checkpoints and bake time alone take ${String(waiting)} minutes, raise it`
    : `is ${String(timeoutMinutes)}; bakeMinutes alone is ${String(bakeMinutes)}, raise it`;
  return [find(message, 'rollout', 'timeoutMinutes')];
};

/** The rollout of a request without an image of its own (see `rolloutOf` in lib/deployment/accept.ts). */
const effectiveRollout = ({ strategy, rollout }: ApplicationSettings): string =>
  rollout.strategy ?? (strategy === 'golden-instance' ? 'instance-refresh' : 'none');

const ofApproval = (settings: ApplicationSettings, find: Find): Found[] => {
  const { approval, checkpoints } = settings.rollout;
  if (!approval) return [];
  const rollout = effectiveRollout(settings);
  const needs = `needs rollout.strategy "instance-refresh", which brings a part of the fleet first; here it is "${rollout}"`;
  return [
    ...(rollout === 'instance-refresh' ? [] : [find(needs, 'rollout', 'approval')]),
    ...(checkpoints
      ? [
          find(
            'pauses where checkpoints would go on by themselves; keep one of the two',
            'rollout',
            'approval',
          ),
        ]
      : []),
  ];
};

const ofRollout = (settings: ApplicationSettings, find: Find): Found[] => {
  const { minHealthyPercentage: least, maxHealthyPercentage: most } = settings.rollout;
  const message = `is ${String(most)}, ${String(most - least)} above minHealthyPercentage (${String(least)}); AWS allows at most 100 between them`;
  return [
    // EC2 Auto Scaling: "the difference between them cannot be greater than 100".
    ...(most - least > 100 ? [find(message, 'rollout', 'maxHealthyPercentage')] : []),
    ...ofCheckpoints(settings, find),
    ...ofApproval(settings, find),
    ...ofWaiting(settings, find),
  ];
};

type Steps = Extract<ScalingPolicySettings, { type: 'step' }>['steps'];

/** Amazon EC2 Auto Scaling refuses step adjustments that overlap, leave gaps, or have more than one open end a side. */
const ofSteps = (steps: Steps, find: Find): Found[] => {
  const sorted = steps
    .map((step, index) => ({ index, from: step.from ?? -Infinity, to: step.to ?? Infinity }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  return sorted.flatMap(({ index, from, to }, position) => {
    const before = sorted[position - 1];
    if (from >= to)
      return [find(`goes from ${String(from)} to ${String(to)}; expected "from" below "to"`, 'steps', index)];
    if (before && before.to > from) return [find('overlaps another step; AWS refuses that', 'steps', index)];
    if (before && before.to < from)
      return [
        find(
          `leaves a gap between ${String(before.to)} and ${String(from)}; AWS refuses that`,
          'steps',
          index,
        ),
      ];
    return [];
  });
};

const ofPolicy = (policy: ScalingPolicySettings, settings: ApplicationSettings, find: Find): Found[] => {
  if (policy.type === 'step') {
    const found = ofSteps(policy.steps, find);
    if (policy.minAdjustmentMagnitude !== undefined && policy.adjustment !== 'PercentChangeInCapacity')
      found.push(
        find('is only for adjustment "PercentChangeInCapacity"; remove it', 'minAdjustmentMagnitude'),
      );
    if (policy.adjustment === 'ExactCapacity')
      policy.steps.forEach((step, index) => {
        if (step.by < 0)
          found.push(find(`is ${String(step.by)}; an exact capacity is 0 or more`, 'steps', index, 'by'));
      });
    return found;
  }
  const { metric, targetGroup } = policy;
  if (targetGroup === undefined) return [];
  if (metric !== 'ALBRequestCountPerTarget')
    return [
      find(`is only for the metric ALBRequestCountPerTarget, here it is ${metric}; remove it`, 'targetGroup'),
    ];
  if (!targetGroup.startsWith('arn:'))
    return [find(`is ${show(targetGroup)}; expected the ARN of a target group`, 'targetGroup')];
  if (settings.targetGroups && !settings.targetGroups.includes(targetGroup))
    return [find('is none of the targetGroups above; name one of them', 'targetGroup')];
  return [];
};

const ofAlarm = (
  alarm: AlarmSettings,
  policies: ApplicationSettings['scaling']['policies'],
  find: Find,
): Found[] => {
  const found: Found[] = [];
  const { periodSeconds: period, evaluationPeriods: periods } = alarm;
  const short = [10, 20, 30].includes(period);
  if (!short && period % 60 !== 0)
    found.push(
      find(`is ${String(period)}; CloudWatch takes 10, 20, 30 or a multiple of 60`, 'periodSeconds'),
    );
  else if (short && alarm.namespace.startsWith('AWS/'))
    found.push(
      find(
        `is ${String(period)}; metrics of ${alarm.namespace} come once a minute at most, expected a multiple of 60`,
        'periodSeconds',
      ),
    );
  // One day for periods under an hour, seven days otherwise.
  const most = period < 3_600 ? 86_400 : 604_800;
  if (period * periods > most)
    found.push(
      find(
        `is ${String(periods)} periods of ${String(period)} s; CloudWatch looks back ${String(most)} s at most`,
        'evaluationPeriods',
      ),
    );
  alarm.runs.forEach((name, index) => {
    const policy = policies[name];
    const near = nearest(name, Object.keys(policies));
    if (!policy)
      found.push(
        find(
          `names the policy ${show(name)}, which scaling.policies does not hold; ${near ? `did you mean "${near}"?` : 'add it there'}`,
          'runs',
          index,
        ),
      );
    else if (policy.type === 'target-tracking')
      found.push(
        find(
          `names ${show(name)}, which tracks a target: AWS makes the alarms of such a policy itself; name a step policy`,
          'runs',
          index,
        ),
      );
  });
  return found;
};

const ofScaling = (settings: ApplicationSettings, find: Find): Found[] => {
  const { policies, alarms } = settings.scaling;
  return [
    ...Object.entries(policies).flatMap(([name, policy]) =>
      ofPolicy(policy, settings, (message, ...path) => find(message, 'scaling', 'policies', name, ...path)),
    ),
    ...Object.entries(alarms).flatMap(([name, alarm]) =>
      ofAlarm(alarm, policies, (message, ...path) => find(message, 'scaling', 'alarms', name, ...path)),
    ),
    ...settings.rollback.alarms
      .map((name, index) => ({ name, index }))
      .filter(({ name }) => name.startsWith('arn:') || name.length === 0 || name.length > 255)
      .map(({ name, index }) =>
        find(
          `is ${show(name)}; expected the name of an alarm (of scaling.alarms, or its full name), not its ARN`,
          'rollback',
          'alarms',
          index,
        ),
      ),
  ];
};

const ofProvisioning = ({ provisioning }: ApplicationSettings, find: Find): Found[] =>
  Object.keys(provisioning.secrets)
    .filter((name) => name in provisioning.extraVars)
    .map((name) => find('stands in extraVars too; keep one of them', 'provisioning', 'secrets', name));

const ofFreeze = ({ freeze }: ApplicationSettings, find: Find): Found[] =>
  freeze.windows.flatMap((window, index) => {
    const ends = endsOf(window);
    if (!ends) return [];
    const { start, end } = ends;
    const to = (message: string) => [find(message, 'freeze', 'windows', index, 'to')];
    if (start.kind !== end.kind)
      return to(`is ${show(window.to)}, "from" is ${show(window.from)}; expected two weekdays or two dates`);
    if (start.kind === 'date' && start.wall >= end.wall)
      return to(`is ${show(window.to)}, not after "from" (${show(window.from)})`);
    if (start.kind === 'weekday' && (end.wall - start.wall) % (7 * dayMs) === 0)
      return to(
        `is ${show(window.to)}, and ends where "from" (${show(window.from)}) begins; expected another time of the week`,
      );
    return [];
  });

const ofApplication = (name: string, settings: ApplicationSettings): Found[] => {
  const find = at('applications', name);
  const pattern = ofPatternSyntax(settings.tags.pattern);
  return [
    ...(pattern ? [find(`is no regular expression: ${pattern}`, 'tags', 'pattern')] : []),
    ...ofProvisioning(settings, find),
    ...ofRollout(settings, find),
    ...ofScaling(settings, find),
    ...ofFreeze(settings, find),
  ];
};

/**
 * CloudWatch has one name space for all alarms of a region, and Forseti joins application and name by a dash: the alarm
 * `v2-errors` of `api` and `errors` of `api-v2` are one.
 */
export const ofAlarmNames = ({ applications }: Settings): Found[] => {
  const owners = new Map<string, string>();
  return Object.entries(applications).flatMap(([application, { scaling }]) =>
    Object.keys(scaling.alarms).flatMap((name) => {
      const joined = `${application}-${name}`;
      const owner = owners.get(joined);
      owners.set(joined, owner ?? application);
      if (owner === undefined) return [];
      const message = `would be the alarm forseti-STAGE-${joined}, as ${show(joined.slice(owner.length + 1))} of "${owner}" is already; rename one of the two`;
      return [{ ...at('applications', application)(message, 'scaling', 'alarms', name), atKey: true }];
    }),
  );
};

/** What the schema cannot express: relations between fields, and AWS's rules about them. */
export const relations = (settings: Settings): Found[] => [
  ...ofApplications(settings),
  ...ofAlarmNames(settings),
];

const ofApplications = ({ applications }: Settings): Found[] => {
  const owners = new Map<string, string>();
  return Object.entries(applications).flatMap(([name, settings]) => {
    const owner = owners.get(settings.group);
    owners.set(settings.group, owner ?? name);
    const shared = owner
      ? [
          at('applications', name)(
            `is ${show(settings.group)}, the group of "${owner}" already; a group belongs to one application`,
            'group',
          ),
        ]
      : [];
    return [...shared, ...ofApplication(name, settings)];
  });
};
