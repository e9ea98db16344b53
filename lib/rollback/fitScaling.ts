import type { AlarmSettings, ApplicationSettings, ScalingPolicySettings } from '../application/schema';
import { policyName } from '../scaling/names';

type ScalingSettings = ApplicationSettings['scaling'];

/** A target group as it is now. */
export interface PlacedTargetGroup {
  readonly arn: string;
  /** ARNs. */
  readonly loadBalancers: readonly string[];
}

export interface FitQuestion {
  /** The version that the rollback goes to. */
  readonly version: string;
  /** Policies and alarms as they were deployed with it, and the group that they were for. */
  readonly released: ScalingSettings;
  readonly releasedGroup: string;
  /** What the settings say now. */
  readonly current: ScalingSettings;
  readonly group: string;
  /** The group's target groups, in the group's order. */
  readonly attached: readonly PlacedTargetGroup[];
  /** Target groups that the released settings name, and that exist without being attached. */
  readonly left: readonly PlacedTargetGroup[];
}

export interface FittedScaling {
  readonly scaling: ScalingSettings;
  /** For people, one each: what was mapped, and what no longer fits. */
  readonly lines: readonly string[];
}

const nameOf = (arn: string | undefined): string => arn?.split('/')[1] ?? 'its first target group';
/** `targetgroup/api/0123`, as alarms name it. */
const targetGroupDimension = (arn: string): string => arn.split(':').at(-1) ?? '';
/** `app/front/0123`, as alarms name it. */
const loadBalancerDimension = (arn: string): string => arn.split(':loadbalancer/')[1] ?? '';

const counts = (
  policy: ScalingPolicySettings | undefined,
): policy is Extract<ScalingPolicySettings, { type: 'target-tracking' }> =>
  policy?.type === 'target-tracking' && policy.metric === 'ALBRequestCountPerTarget';

/** Target groups whose requests can be counted: the group has them, and a load balancer sends requests to them. */
const countable = ({ attached }: FitQuestion): readonly PlacedTargetGroup[] =>
  attached.filter(({ loadBalancers }) => loadBalancers.length > 0);

/**
 * The target group that has taken the place of one that the group has left: the one that the settings name now, else the
 * only one behind the same load balancer, else the only one.
 * @param former the target group, and the load balancer if it is known, as alarms name them.
 */
const successorOf = (
  question: FitQuestion,
  former: readonly string[],
  named: string | undefined,
): PlacedTargetGroup | undefined => {
  const usable = countable(question);
  const now = usable.find(({ arn }) => arn === named);
  if (now) return now;
  const balancers = [
    ...former,
    ...question.left
      .filter(({ arn }) => former.includes(targetGroupDimension(arn)))
      .flatMap(({ loadBalancers }) => loadBalancers.map(loadBalancerDimension)),
  ];
  const beside = usable.filter(({ loadBalancers }) =>
    loadBalancers.some((one) => balancers.includes(loadBalancerDimension(one))),
  );
  if (beside.length === 1) return beside[0];
  return usable.length === 1 ? usable[0] : undefined;
};

interface Fitted<Setting> {
  /** Undefined: it cannot be written. */
  readonly setting: Setting | undefined;
  readonly line?: string;
}

const fitPolicy = (
  question: FitQuestion,
  name: string,
  policy: ScalingPolicySettings,
): Fitted<ScalingPolicySettings> => {
  if (!counts(policy)) return { setting: policy };
  const { attached, version } = question;
  const wanted = policy.targetGroup ?? attached[0]?.arn;
  if (countable(question).some(({ arn }) => arn === wanted)) return { setting: policy };
  const now = question.current.policies[name];
  const named = counts(now) ? (now.targetGroup ?? attached[0]?.arn) : undefined;
  const former = wanted === undefined ? [] : [targetGroupDimension(wanted)];
  const successor = successorOf(question, former, named);
  const what = `Scaling policy ${policyName(name)} of ${version} counts the requests of ${nameOf(wanted)}, `;
  const why = attached.some(({ arn }) => arn === wanted)
    ? 'which no load balancer uses'
    : 'which is not attached to the group any more';
  if (successor)
    return {
      setting: { ...policy, targetGroup: successor.arn },
      line: `${what}${why}: it counts those of ${nameOf(successor.arn)} now.`,
    };
  return {
    setting: undefined,
    line: `${what}${why}, and no single target group takes its place: it is not written. Name one in the settings, then deploy again.`,
  };
};

/** The dimensions with which an alarm follows the target group, or the load balancer, that it names. */
const fitDimensions = (
  question: FitQuestion,
  dimensions: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> | 'unknown' => {
  const { attached } = question;
  const { TargetGroup: targetGroup, LoadBalancer: loadBalancer } = dimensions;
  const places = attached.map(({ arn }) => targetGroupDimension(arn));
  const balancers = attached.flatMap(({ loadBalancers }) => loadBalancers.map(loadBalancerDimension));
  const fits =
    (targetGroup === undefined || places.includes(targetGroup)) &&
    (loadBalancer === undefined || balancers.includes(loadBalancer));
  // What the settings still say is meant so, also if it is of another fleet.
  const isMeant = now?.TargetGroup === targetGroup && now?.LoadBalancer === loadBalancer;
  if (fits || isMeant) return dimensions;
  const named = attached.find(({ arn }) => targetGroupDimension(arn) === now?.TargetGroup)?.arn;
  const former = [targetGroup, loadBalancer].flatMap((dimension) => dimension ?? []);
  const successor = successorOf(question, former, named);
  if (!successor) return 'unknown';
  return {
    ...dimensions,
    ...(targetGroup !== undefined && { TargetGroup: targetGroupDimension(successor.arn) }),
    ...(loadBalancer !== undefined && {
      LoadBalancer: loadBalancerDimension(successor.loadBalancers[0] ?? ''),
    }),
  };
};

const fitAlarm = (question: FitQuestion, name: string, alarm: AlarmSettings): Fitted<AlarmSettings> => {
  const { version, group, releasedGroup } = question;
  const { AutoScalingGroupName: ofGroup } = alarm.dimensions;
  const dimensions =
    ofGroup !== undefined && ofGroup === releasedGroup && ofGroup !== group
      ? { ...alarm.dimensions, AutoScalingGroupName: group }
      : alarm.dimensions;
  const found = fitDimensions(question, dimensions, question.current.alarms[name]?.dimensions);
  const of = `Alarm ${name} of ${version} is about ${Object.values(alarm.dimensions).join(', ')}`;
  if (found === 'unknown')
    return {
      setting: { ...alarm, dimensions },
      line: `${of}, which the group does not use any more, and nothing takes its place: it is written as it was, and may get no data.`,
    };
  if (found === alarm.dimensions) return { setting: alarm };
  return {
    setting: { ...alarm, dimensions: found },
    line: `${of}, which the group does not use any more: it is about ${Object.values(found).join(', ')} now.`,
  };
};

const fitAll = <Setting>(
  settings: Readonly<Record<string, Setting>>,
  fit: (name: string, setting: Setting) => Fitted<Setting>,
): { readonly fitted: Record<string, Setting>; readonly lines: string[] } => {
  const found = Object.entries(settings).map(([name, setting]) => ({ name, ...fit(name, setting) }));
  return {
    fitted: Object.fromEntries(
      found.flatMap(({ name, setting }) => (setting === undefined ? [] : [[name, setting]])),
    ),
    lines: found.flatMap(({ line }) => line ?? []),
  };
};

/**
 * The policies and alarms of a release as they can be written for the fleet as it is now. What names something that the
 * group has left since is mapped to what has taken its place; what cannot be mapped is named.
 */
export const fitScaling = (question: FitQuestion): FittedScaling => {
  const { released } = question;
  const policies = fitAll(released.policies, (name, policy) => fitPolicy(question, name, policy));
  const alarms = fitAll(released.alarms, (name, alarm) => fitAlarm(question, name, alarm));
  const known = Object.entries(alarms.fitted).map(([name, alarm]) => [
    name,
    { ...alarm, runs: alarm.runs.filter((policy) => policy in policies.fitted) },
  ]);
  return {
    scaling: { policies: policies.fitted, alarms: Object.fromEntries(known) as ScalingSettings['alarms'] },
    lines: [...policies.lines, ...alarms.lines],
  };
};
