import { type Found, type Path, show } from './explain';
import type { AlarmSettings, ScalingPolicySettings, Settings } from './schema';

type Find = (message: string, ...path: Path) => Found;
type Steps = Extract<ScalingPolicySettings, { type: 'step' }>['steps'];

/** Auto Scaling API, StepAdjustment: a step is open on one side at most, and beyond the outermost bounds one must be. */
const ofOpenEnds = (steps: Steps, find: Find): Found[] => {
  const both = steps.findIndex(({ from, to }) => from === undefined && to === undefined);
  if (both >= 0)
    return [
      find('has neither "from" nor "to", which AWS refuses; write "from: 0" or "to: 0"', 'steps', both),
    ];
  const low = steps.findIndex(({ from }) => from !== undefined && from < 0);
  const high = steps.findIndex(({ to }) => to !== undefined && to > 0);
  return [
    ...(low >= 0 && steps.every(({ from }) => from !== undefined)
      ? [
          find(
            `is ${String(steps[low]?.from)}; AWS asks for a step without "from" below it`,
            'steps',
            low,
            'from',
          ),
        ]
      : []),
    ...(high >= 0 && steps.every(({ to }) => to !== undefined)
      ? [
          find(
            `is ${String(steps[high]?.to)}; AWS asks for a step without "to" above it`,
            'steps',
            high,
            'to',
          ),
        ]
      : []),
  ];
};

/** ASCII characters, of which one at least is no blank (CloudWatch API, Dimension). */
const isDimension = (text: string, most: number): boolean =>
  text.length <= most && /^[\x20-\x7e]+$/.test(text) && text.trim() !== '';

/** CloudWatch API, PutMetricAlarm and Dimension. */
const ofAlarm = ({ metric, namespace, dimensions }: AlarmSettings, find: Find): Found[] => {
  const names = Object.entries(dimensions);
  return [
    ...(metric.length >= 1 && metric.length <= 255
      ? []
      : [find(`is ${show(metric)}; expected 1 to 255 characters`, 'metric')]),
    ...(/^[^:]{1,255}$/.test(namespace)
      ? []
      : [find(`is ${show(namespace)}; expected 1 to 255 characters without ":"`, 'namespace')]),
    ...(names.length > 29 ? [find('are more than CloudWatch takes; expected at most 29', 'dimensions')] : []),
    ...names
      .filter(
        ([name, value]) => !isDimension(name, 255) || name.startsWith(':') || !isDimension(value, 1_024),
      )
      .map(([name, value]) =>
        find(
          `is ${show(value)}; CloudWatch takes 1 to 1,024 ASCII characters, and 1 to 255 without ":" at the beginning for the name`,
          'dimensions',
          name,
        ),
      ),
  ];
};

/**
 * What SetScaling could not write, as far as the settings alone tell. It is checked when settings are written and by
 * Preflight, not when they are read: a rollback is not refused for it.
 */
export const checkScaling = ({ applications }: Settings): Found[] =>
  Object.entries(applications).flatMap(([application, { scaling }]) => {
    const at =
      (...start: Path): Find =>
      (message, ...path) => ({ path: ['applications', application, 'scaling', ...start, ...path], message });
    return [
      ...Object.entries(scaling.policies).flatMap(([name, policy]) =>
        policy.type === 'step' ? ofOpenEnds(policy.steps, at('policies', name)) : [],
      ),
      ...Object.entries(scaling.alarms).flatMap(([name, alarm]) => ofAlarm(alarm, at('alarms', name))),
    ];
  });
