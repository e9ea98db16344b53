import { documentKind } from '../../application/provisioningDocument';
import { surgeSize } from '../../rollout/arithmetic';
import { awaits, type CheckFunction, from, iso, names, one, takesOut } from './check';
import { estimatedSuspension } from './estimate';
import { coming } from './moving';

/** The oldest agent that keeps parameters out of the shell's parsing (`interpolationType: ENV_VAR`). */
const oldestAgent = '3.3.2746.0';

/** What moves is no problem by itself: the other checks say what it means to them once it was waited for. */
export const settled: CheckFunction = ({ facts: { moving }, waited }) => {
  const found = names(moving.map(({ what }) => what));
  return one(
    'settled',
    moving.length === 0 ? 'yes' : waited === true ? `${found}, waited for` : `waits, since ${found}`,
  );
};

export const members: CheckFunction = (subject) => {
  const { facts, waited } = subject;
  const count = facts.members.length;
  const pending = coming(facts.group);
  const enough = count >= 2 || (waited !== true && count + pending.length >= 2);
  const inServiceText = `${String(count)} instance${count === 1 ? '' : 's'} in service`;
  const besides = pending.map(({ id, lifecycle }) => `${id} is ${lifecycle}`);
  return one(
    'instances in service',
    String(count),
    takesOut(subject) &&
      !enough &&
      `Group ${facts.group.name} has ${inServiceText}; one is taken out to make the image, which needs two or more. ` +
        (besides.length > 0
          ? `${names(besides)} even after a while: see why with aws autoscaling describe-scaling-activities --auto-scaling-group-name ${facts.group.name}; or deploy with strategy golden-instance.`
          : 'Raise the desired capacity, or deploy with strategy golden-instance.'),
  );
};

/** By the group's subnets: where its instances happen to be now changes with each launch and termination. */
export const zones: CheckFunction = ({ facts: { group } }) => {
  const distinct = [...new Set(group.zones)].sort();
  return one(
    'availability zones',
    distinct.join(', '),
    distinct.length < 2 &&
      `Group ${group.name} is in ${distinct.length === 0 ? 'no zone' : `one zone only (${distinct.join()})`}; expected at least two: a zone that fails takes the whole fleet with it. Add subnets of another zone to the group.`,
  );
};

export const agents: CheckFunction = (subject) => {
  // If the fleet is taken as it is, it is only sealed.
  if (!takesOut(subject) || (from(subject) === 'running' && !subject.settings.image.seal)) return [];
  const { facts } = subject;
  const offline = facts.members
    .filter(({ id }) => facts.agents.get(id)?.ping !== 'Online')
    .map(({ id }) => id);
  const dead = offline.filter((id) => !awaits(subject, id));
  const old = facts.members.filter(({ id }) => {
    const agent = facts.agents.get(id);
    return agent?.ping === 'Online' && isOlder(agent.version, oldestAgent);
  });
  const needsNew = documentKind(subject.settings.provisioning.document) === 'own';
  return [
    ...one(
      'SSM agents',
      `${String(facts.members.length - offline.length)} of ${String(facts.members.length)} online`,
      dead.length > 0 &&
        `The SSM agent is not online on ${names(dead)}: nothing can be provisioned there. Restart the agent (systemctl restart amazon-ssm-agent), check the instance profile, or terminate the instance.`,
    ),
    ...one(
      'SSM agent version',
      needsNew ? `${oldestAgent} or later` : 'any',
      needsNew &&
        old.length > 0 &&
        `The SSM agent is older than ${oldestAgent} on ${names(old.map(({ id }) => `${id} (${facts.agents.get(id)?.version ?? '?'})`))}; update it with the document AWS-UpdateSSMAgent.`,
    ),
  ];
};

/** Compares dotted numbers. */
export const isOlder = (version: string, than: string): boolean => {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
};

export const candidates: CheckFunction = (subject) => {
  if (!takesOut(subject)) return [];
  const { facts, record } = subject;
  const running = from(subject) === 'running';
  const ofVersion = facts.members.filter(
    ({ tags }) =>
      !running || (tags['forseti:version'] === record.version && tags['forseti:deployment'] !== undefined),
  );
  if (ofVersion.length === 0 && facts.members.length > 0)
    return one(
      'instances for the image',
      '0',
      `No instance in service of group ${facts.group.name} is tagged forseti:version = ${record.version} and forseti:deployment, as a deployment of Forseti tags them: none is known to run what the image is to hold. See what they run: forseti status ${record.application}; without a release yet: forseti init ${record.application} ${facts.members[0]?.id ?? 'INSTANCE'}`,
    );
  const able = ofVersion.filter(({ tags }) => tags['forseti:avoid-image'] === undefined);
  return one(
    'instances for the image',
    String(able.length),
    able.length === 0 &&
      facts.members.length > 0 &&
      `Every instance in service of group ${facts.group.name} is tagged forseti:avoid-image: none is left to make the image from. Remove the tag from one.`,
  );
};

export const maintenance: CheckFunction = (subject) => {
  if (from(subject) !== 'fleet') return [];
  const until =
    subject.facts.now + estimatedSuspension(subject.settings, subject.facts.members.length) * 1000;
  const due = subject.facts.maintenance.filter(({ notBefore }) => notBefore < until);
  return one(
    'maintenance',
    due.length === 0 ? 'none scheduled' : names(due.map(({ instance }) => instance)),
    due.length > 0 &&
      `AWS has scheduled maintenance within this deployment: ${names(due.map(({ instance, code, notBefore }) => `${instance} (${code}, ${iso(notBefore)})`))}. Replace these instances first, or deploy afterwards.`,
  );
};

/** A surge keeps what others ask for meanwhile; it cannot grow beyond a maximum that is set meanwhile. */
const surgeMinutes = 30;

const surgeActions: CheckFunction = ({ facts, settings }) => {
  const { group, now } = facts;
  const until = now + (estimatedSuspension(settings, 1) + surgeMinutes * 60) * 1000;
  const due = facts.scheduledActions.filter(({ startsAt }) => startsAt >= now && startsAt < until);
  const needed = group.desired + surgeSize(group.desired, settings.rollout.maxHealthyPercentage);
  const low = due.filter(({ max = Infinity }) => max < needed);
  return one(
    'scheduled actions',
    due.length === 0
      ? 'none in the window'
      : `${names(due.map(({ name, startsAt }) => `${name} at ${iso(startsAt)}`))}; the capacity that they ask for is kept`,
    low.length > 0 &&
      `The surge grows group ${group.name} to ${String(needed)} instances for a while (until about ${iso(until)}), and scheduled actions lower its maximum meanwhile: ${names(low.map(({ name, startsAt, max }) => `${name} to ${String(max)} at ${iso(startsAt)}`))}. Deploy before or after them, or use rollout instance-refresh.`,
  );
};

export const scheduledActions: CheckFunction = (subject) => {
  if (from(subject) !== 'fleet') return subject.record.rollout === 'surge' ? surgeActions(subject) : [];
  const { facts, settings } = subject;
  const until = facts.now + estimatedSuspension(settings, facts.members.length) * 1000;
  const due = facts.scheduledActions.filter(({ startsAt }) => startsAt >= facts.now && startsAt < until);
  return one(
    'scheduled actions',
    due.length === 0 ? 'none in the window' : names(due.map(({ name }) => name)),
    due.length > 0 &&
      `Scheduled actions fall into the time in which launching is suspended (until about ${iso(until)}): ${names(due.map(({ name, startsAt }) => `${name} at ${iso(startsAt)}`))}. Deploy before or after them, or use strategy golden-instance, which suspends nothing.`,
  );
};
