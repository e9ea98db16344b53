import { checkScaling } from '../../application/checkScaling';
import { explainRefusal } from '../../aws/dryRun';
import { lacksOf } from '../../fleet/adoption';
import {
  awaits,
  type Check,
  type CheckFunction,
  from,
  names,
  one,
  type CheckSubject,
  takesOut,
} from './check';
import { classicLoadBalancers, trafficSources } from './attachmentChecks';
import { extraInstances } from './estimate';
import { image, overrides, volumes } from './imageChecks';
import { agents, candidates, maintenance, members, scheduledActions, settled, zones } from './instanceChecks';
import { notFrozen } from './notFrozen';

/** EC2 takes 50 tags a resource; Forseti needs four of them. */
const maxTags = 50;
const ownTags = 4;

const operator: CheckFunction = ({ facts: { group } }) =>
  one(
    'operator',
    group.operator ?? 'none',
    group.operator !== undefined &&
      `Group ${group.name} is managed by ${group.operator}, which refuses changes by others; deploy through it, or take the group out of its hands.`,
  );

/** The roles may change only what carries the application's tag. */
const adopted: CheckFunction = ({ record: { application }, facts: { group, templateTags } }) => {
  const lacks = lacksOf({ application, group, templateTags });
  if (lacks.length === 0) return one('adopted', `by ${application}`);
  return lacks.map(({ what, problem, command, taken }) => ({
    name: 'adopted',
    found: `${what} not tagged`,
    problem:
      `${problem} If it is to: ${command} ` +
      (taken
        ? '(forseti apply --tag --prune hands it over with its releases, once the former application has no settings, or another group).'
        : '(forseti apply --tag does it too).'),
  }));
};

const template: CheckFunction = ({ facts: { group, template: used }, settings }) => {
  const named = group.launchTemplate;
  if (!named)
    return one(
      'launch template',
      'none',
      `Group ${group.name} has no launch template (a launch configuration is too old); make one and set it on the group.`,
    );
  const wanted = settings.launchTemplate;
  if (wanted !== undefined && wanted !== named.id && wanted !== named.name)
    return one(
      'launch template',
      named.name,
      `Group ${group.name} uses launch template ${named.name} (${named.id}), the settings say ${wanted}; make them the same.`,
    );
  if (!/^\d+$/.test(named.version))
    return one(
      'launch template',
      `${named.name} ${named.version}`,
      `Group ${group.name} uses ${named.version} of launch template ${named.name}; expected a number, since AWS cannot roll back to ${named.version}, and a new version would reach the group at once. Set it: aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} --launch-template LaunchTemplateId=${named.id},Version=NUMBER`,
    );
  if (!used)
    return one(
      'launch template',
      `${named.name} ${named.version}`,
      `Launch template ${named.name} has no version ${named.version} that could be read.`,
    );
  return one(
    'launch template',
    `${used.name} version ${used.version}`,
    used.imageId?.startsWith('resolve:') === true &&
      `Launch template ${used.name} version ${used.version} takes its image from a parameter (${used.imageId}); expected an image id, since AWS cannot roll such a template back.`,
  );
};

const targetGroups: CheckFunction = ({ facts, settings }) => {
  const { group, unknownTargetGroups } = facts;
  const wanted = settings.targetGroups;
  const differ =
    wanted !== undefined &&
    [...wanted].sort().join() !== [...group.targetGroupArns].sort().join() &&
    `Group ${group.name} is attached to ${names(group.targetGroupArns)}, the settings say ${names(wanted)}; make them the same.`;
  const unknown =
    unknownTargetGroups.length > 0 && `Target groups that do not exist: ${names(unknownTargetGroups)}.`;
  return one('target groups', String(group.targetGroupArns.length), unknown || differ);
};

const refresh: CheckFunction = (subject) => {
  const { facts } = subject;
  const running = facts.refreshInProgress;
  return one(
    'instance refresh',
    running ?? 'none',
    running !== undefined &&
      !awaits(subject, running) &&
      `Instance refresh ${running} of group ${facts.group.name} is in progress; AWS runs one at a time. Wait for its end or cancel it.`,
  );
};

/**
 * Processes without which the deployment can neither end nor go back. With `Launch` suspended no instance returns from
 * standby; with `Launch` or `Terminate` suspended a refresh replaces nothing (Auto Scaling User Guide, "Suspending
 * processes").
 */
const processes: CheckFunction = (subject) => {
  const { record, facts } = subject;
  const replaces = takesOut(subject) || record.rollout !== 'none';
  const needed = replaces ? ['Launch', 'Terminate', 'InstanceRefresh'] : [];
  const missing = facts.group.suspended.filter((process) => needed.includes(process));
  return one(
    'scaling processes',
    facts.group.suspended.length === 0 ? 'all active' : `suspended: ${names(facts.group.suspended)}`,
    missing.length > 0 &&
      `Group ${facts.group.name} has ${names(missing)} suspended: instances could neither be put back into service nor replaced. Find out who suspended it and why; then: aws autoscaling resume-processes --auto-scaling-group-name ${facts.group.name} --scaling-processes ${missing.join(' ')}`,
  );
};

/**
 * Only a refresh replaces the warm pool: after another rollout its instances would go into service with the old
 * version.
 */
const warmPool: CheckFunction = ({ record, facts: { group } }) =>
  one(
    'warm pool',
    group.hasWarmPool ? 'yes' : 'none',
    group.hasWarmPool &&
      record.rollout !== 'instance-refresh' &&
      `Group ${group.name} has a warm pool, whose instances would go into service with the old version: only an instance refresh replaces them. Set rollout.strategy to instance-refresh, or remove the warm pool.`,
  );

const provisioningDocument: CheckFunction = ({ facts: { document, agents: known } }) => {
  if (document === undefined) return [];
  const { name, platforms, note } = document;
  const found = note === undefined ? name : `${name}, ${note}`;
  const others = [...known].filter(
    ([, { platform }]) =>
      platforms !== undefined && platform !== undefined && !platforms.some((one) => one === platform),
  );
  const problems = [
    ...document.problems,
    ...(others.length > 0
      ? [
          `Document ${name} runs on ${names(platforms ?? [])}; these instances run ${names([...new Set(others.map(([, { platform = '?' }]) => platform))])}: ${names(others.map(([id]) => id))}.`,
        ]
      : []),
  ];
  if (problems.length === 0) return one('provisioning document', found);
  return problems.map((problem) => ({ name: 'provisioning document', found, problem }));
};

/** What SetScaling could not write is known before anything is touched. */
const policiesAndAlarms: CheckFunction = ({ record: { application }, settings, facts: { scaling } }) => {
  const name = 'policies and alarms';
  if (scaling === undefined) return one(name, 'none in the settings');
  const { changes } = scaling;
  const found = changes.length === 0 ? 'as in the settings' : `${String(changes.length)} to be written`;
  const problems = [
    ...checkScaling({ applications: { [application]: settings } }).map(
      ({ path, message }) => `${path.slice(2).map(String).join('.')} ${message}.`,
    ),
    ...scaling.problems,
  ];
  if (problems.length === 0) return one(name, found);
  return problems.map((problem) => ({ name, found: 'cannot be written', problem }));
};

/** SNS publishes in the topic's region, and the roles may publish in this region and account only. */
const topics: CheckFunction = ({ settings: { notifications }, facts: { group } }) => {
  const named = [notifications.topicArn, notifications.pagingTopicArn].filter((arn) => arn !== undefined);
  if (named.length === 0) return one('topics', "the stack's own");
  const [, , , region, account] = group.arn.split(':');
  const elsewhere = named.filter((arn) => {
    const [, , , topicRegion, topicAccount] = arn.split(':');
    return topicRegion !== region || topicAccount !== account;
  });
  return one(
    'topics',
    names(named),
    elsewhere.length > 0 &&
      `Topics of the settings are in another region or account than the fleet (${region ?? ''}, ${account ?? ''}): ${names(elsewhere)}. Forseti could not publish to them, and nobody would be told. Name topics of the fleet's region and account.`,
  );
};

const quota: CheckFunction = (subject) => {
  const { quota: limits, members: running } = subject.facts;
  const extra = extraInstances(subject.record, subject.settings, running.length);
  if (!limits || extra === 0) return one('vCPU quota', `${String(extra)} extra instances`);
  const free = limits.limitVcpus - limits.usedVcpus;
  const needed = extra * limits.vcpusPerInstance;
  return one(
    'vCPU quota',
    `${String(needed)} of ${String(free)} free vCPUs needed`,
    needed > free &&
      `The rollout needs ${String(extra)} extra instances (${String(needed)} vCPUs); quota ${limits.code} allows ${String(limits.limitVcpus)} vCPUs and ${String(limits.usedVcpus)} are in use. Ask for more in Service Quotas, or lower rollout.maxHealthyPercentage.`,
  );
};

const frozen: CheckFunction = ({ record, settings, facts }) => {
  const { found, problem } = notFrozen({
    application: record.application,
    version: record.version,
    despite: record.despiteFreeze,
    calendar: settings.freeze,
    byHand: facts.freezes,
    now: facts.now,
  });
  return one('frozen', found, problem);
};

const gates: CheckFunction = ({ record, facts }) => {
  const unknown = facts.gates.filter(({ state }) => state === undefined).map(({ name }) => name);
  const despite = record.despiteAlarms;
  const ringing = facts.gates.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  return [
    ...one(
      'rollback alarms',
      String(facts.gates.length),
      unknown.length > 0 &&
        `Alarms of rollback.alarms that neither exist nor stand in scaling.alarms: ${names(unknown)}.`,
    ),
    ...one(
      'alarms quiet',
      ringing.length === 0
        ? 'yes'
        : `${names(ringing)}${despite === undefined ? '' : `, in spite of it: "${despite}"`}`,
      ringing.length > 0 &&
        despite === undefined &&
        `Alarms that gate the rollout ring already: ${names(ringing)}. Nobody could tell whether the new version is to blame; mend what they tell of first. If the new version is what mends it: forseti deploy ${record.application} ${record.version} --despite-alarms REASON.`,
    ),
  ];
};

const tags: CheckFunction = ({ facts }) => {
  const full = facts.members.filter(
    (member) =>
      Object.keys(member.tags).filter((tag) => !tag.startsWith('aws:') && !tag.startsWith('forseti:'))
        .length >
      maxTags - ownTags,
  );
  return one(
    'tags',
    `${String(ownTags)} needed`,
    full.length > 0 &&
      `EC2 takes ${String(maxTags)} tags an instance and Forseti needs ${String(ownTags)}; there is no room on ${names(full.map(({ id }) => id))}.`,
  );
};

/** Without a good release, a deployment beside the fleet comes back to what the group launches now, and so does a rollback. */
const baselineText = (subject: CheckSubject): string => {
  const { template: used, presentImage } = subject.facts;
  if (takesOut(subject) || used === undefined) return '';
  return presentImage?.state === 'available'
    ? `; the way back is what the group launches now, version ${used.version} of ${used.name} (${presentImage.id})`
    : `, and there would be no way back: image ${used.imageId ?? 'none'} of the group's launch template is ${presentImage?.state ?? 'gone'}`;
};

const baseline: CheckFunction = (subject) => {
  const { lastGood, lastGoodLacks: lacks } = subject.facts;
  const { application } = subject.record;
  if (lastGood && lacks.length > 0 && from(subject) === 'fleet' && !awaits(subject, lastGood.image))
    return one(
      'good release',
      `${lastGood.version}, not whole`,
      `Release ${lastGood.version}, to which this deployment comes back if it fails, lacks its ${lacks.join(' and its ')}. Make one that is whole, beside the fleet: forseti deploy ${application} ${subject.record.version} --strategy golden-instance`,
    );
  return one(
    'good release',
    lastGood === undefined
      ? `none${baselineText(subject)}`
      : lacks.length > 0
        ? `${lastGood.version}, without its ${lacks.join(' and its ')}${baselineText(subject)}`
        : `${lastGood.version} (${lastGood.image}): the way back`,
    from(subject) === 'fleet' &&
      !lastGood &&
      `${application} has no good release yet to come back to if this deployment fails: instances provisioned in place cannot be undone without an image. Make the first release of what runs: forseti init ${application} ${subject.facts.members[0]?.id ?? 'INSTANCE'} --release VERSION; or beside the fleet: forseti deploy ${application} ${subject.record.version} --strategy golden-instance`,
  );
};

const dryRuns: CheckFunction = ({
  record: { application },
  facts: { group, templateTags, dryRuns: tried },
}) => {
  const missingTags = lacksOf({ application, group, templateTags }).map(({ command }) => command);
  return tried.map(({ state, refusal, failed }) => ({
    name: `permissions of ${state}`,
    found: refusal === undefined ? 'allowed' : 'refused',
    ...(refusal !== undefined && {
      problem: explainRefusal(state, refusal, {
        missingTags,
        ...(failed && { lead: `The dry run of ${state} failed` }),
      }),
    }),
  }));
};

const all: readonly CheckFunction[] = [
  operator,
  adopted,
  template,
  overrides,
  volumes,
  targetGroups,
  classicLoadBalancers,
  trafficSources,
  refresh,
  processes,
  warmPool,
  settled,
  members,
  zones,
  agents,
  provisioningDocument,
  candidates,
  maintenance,
  scheduledActions,
  quota,
  frozen,
  gates,
  policiesAndAlarms,
  topics,
  tags,
  image,
  baseline,
  dryRuns,
];

/** Every check, in a fixed order; none stops the others. */
export const runChecks = (subject: CheckSubject): readonly Check[] => all.flatMap((check) => check(subject));
