/**
 * Instances that fail their checks, as a description wants them: by version, by time, from the start or later. EC2 keeps
 * the list and knows when it changes for an instance; load balancing and Auto Scaling look at it then.
 */
import type { Region } from '../core/service';
import { tellAilment } from './listeners';
import type { Ailment, Ec2State, Instance } from './state';

const groupTag = 'aws:autoscaling:groupName';

const templateTag = 'aws:ec2launchtemplate:id';

/** Of the group, or beside it: launched by somebody from the group's launch template. */
const isOf = ({ group, launchTemplate }: Ailment, { tags }: Instance): boolean =>
  tags[groupTag] === group ||
  (tags[groupTag] === undefined && launchTemplate !== undefined && tags[templateTag] === launchTemplate);

const concerns = (ailment: Ailment, instance: Instance): boolean =>
  (ailment.group === undefined || isOf(ailment, instance)) &&
  (ailment.version === undefined || instance.software === ailment.version);

/** Epoch milliseconds; `Infinity` where it does not begin before the instance has booted, or never ends. */
const periodOf = (ailment: Ailment, instance: Instance): { from: number; until: number } => {
  const running = Math.max(instance.bootedAt ?? Infinity, instance.softwareAt ?? 0, ailment.describedAt);
  return { from: Math.max(ailment.from ?? 0, running + ailment.afterMs), until: ailment.until ?? Infinity };
};

const isActive = (ailment: Ailment, instance: Instance, now: number): boolean => {
  if (!concerns(ailment, instance)) return false;
  const { from, until } = periodOf(ailment, instance);
  return from <= now && now < until;
};

/** What the instance suffers from now; the first that the description names. */
export const ailmentOf = (region: Region, instance: Instance, by: Ailment['by']): Ailment | undefined => {
  const ailments = region.service('ec2').state.ailments ?? [];
  return ailments.find((one) => one.by === by && isActive(one, instance, region.now()));
};

const nextChange = (state: Ec2State, instance: Instance, now: number): number => {
  const times = (state.ailments ?? [])
    .filter((one) => concerns(one, instance))
    .map((one) => periodOf(one, instance))
    .filter(({ from, until }) => from < until)
    .flatMap(({ from, until }) => [from, until]);
  return Math.min(Infinity, ...times.filter((at) => at > now));
};

const setChecks = (region: Region, instance: Instance): boolean => {
  const check = ailmentOf(region, instance, 'status')?.check;
  const [before, instanceCheck, systemCheck] = [
    `${instance.instanceCheck} ${instance.systemCheck}`,
    check === 'instance' ? ('impaired' as const) : ('ok' as const),
    check === 'system' ? ('impaired' as const) : ('ok' as const),
  ];
  Object.assign(instance, { instanceCheck, systemCheck });
  return before !== `${instanceCheck} ${systemCheck}`;
};

/** Looks at an instance that has booted or whose software has changed, and again when its ailments change. */
export const watchAilments = (region: Region, state: Ec2State, instance: Instance): void => {
  if (!state.ailments || instance.state !== 'running') return;
  if (state.ailments.some(({ by }) => by === 'status')) setChecks(region, instance);
  const at = nextChange(state, instance, region.now());
  if (at === instance.ailingAt || at === Infinity) return;
  instance.ailingAt = at;
  region.schedule(at - region.now(), 'ec2', 'ailing', { instanceId: instance.id, since: at });
};

/** An agenda entry `ailing`: something begins or ends for the instance. */
export const ailmentDue = (region: Region, state: Ec2State, instance: Instance, at: number): void => {
  if (instance.ailingAt !== at) return;
  delete instance.ailingAt;
  watchAilments(region, state, instance);
  tellAilment(region, instance.id);
};
