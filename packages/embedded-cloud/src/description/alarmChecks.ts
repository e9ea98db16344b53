import { AwsError } from '../core/errors';
import { alarmsIn, parseRule } from '../cloudwatch/composite/rule';
import type { Found } from './found';
import { regionOf } from './network';
import { alarmSchema, type CloudDescription } from './schema';

type AlarmDescription = CloudDescription['alarms'][string];

const defaults = alarmSchema.parse({});

/** A composite alarm has neither a metric nor a state of its own. */
const besideRule = (alarm: AlarmDescription): string[] =>
  (Object.keys(defaults) as (keyof typeof defaults)[]).filter(
    (key) => JSON.stringify(alarm[key]) !== JSON.stringify(defaults[key]),
  );

/** Alarms that a described one looks at, by their names here; none where its rule cannot be read. */
export const childrenIn = ({ rule }: AlarmDescription): readonly string[] => {
  try {
    return rule === undefined ? [] : alarmsIn(parseRule(rule));
  } catch {
    return [];
  }
};

const ruleProblems = (rule: string): string[] => {
  try {
    parseRule(rule);
    return [];
  } catch (error) {
    if (error instanceof AwsError) return [error.message];
    throw error;
  }
};

/** Names in the order in which they can be made: an alarm after those that it looks at. What is in a circle is left out. */
export const alarmOrder = (alarms: CloudDescription['alarms']): readonly string[] => {
  const made = new Set<string>();
  for (let before = -1; before < made.size;) {
    before = made.size;
    for (const [name, alarm] of Object.entries(alarms))
      if (childrenIn(alarm).every((child) => made.has(child))) made.add(name);
  }
  return [...made];
};

const ofAlarm = (name: string, alarm: AlarmDescription, cloud: CloudDescription): Found[] => {
  const { rule } = alarm;
  if (rule === undefined) return [];
  const at = ['alarms', name];
  const missing = childrenIn(alarm).filter(
    (child) => !cloud.alarms[child] || regionOf(cloud, cloud.alarms[child]) !== regionOf(cloud, alarm),
  );
  return [
    ...besideRule(alarm).map((key) => ({
      path: [...at, key],
      message: 'stands beside a rule: the state of a composite alarm follows from the alarms that it names',
    })),
    ...ruleProblems(rule).map((message) => ({ path: [...at, 'rule'], message })),
    ...missing.map((child) => ({
      path: [...at, 'rule'],
      message: `names ${child}, which alarms does not hold in that region; add it there`,
    })),
    ...(missing.length === 0 && !alarmOrder(cloud.alarms).includes(name)
      ? [{ path: [...at, 'rule'], message: 'looks at itself by way of other alarms' }]
      : []),
  ];
};

export const alarmChecks = (cloud: CloudDescription): Found[] =>
  Object.entries(cloud.alarms).flatMap(([name, alarm]) => ofAlarm(name, alarm, cloud));
