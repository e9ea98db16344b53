import { alarmChecks } from './alarmChecks';
import type { Found } from './found';
import { groupChecks } from './groupChecks';
import { troubleChecks } from './troubles';
import type { CloudDescription } from './schema';
import { zonesOf } from './spread';

const ofGroup = (
  name: string,
  group: CloudDescription['groups'][string],
  cloud: CloudDescription,
): Found[] => {
  const at = ['groups', name];
  const region = group.region ?? cloud.regions[0] ?? '';
  const found: Found[] = [];
  if (!cloud.regions.includes(region))
    found.push({ path: [...at, 'region'], message: `is ${region}, which is none of regions; add it there` });
  (group.zones ?? []).forEach((zone, index) => {
    if (!zone.startsWith(region))
      found.push({ path: [...at, 'zones', index], message: `is not in ${region}` });
  });
  (group.targetGroups ?? []).forEach((target, index) => {
    if (!(target in cloud.targetGroups))
      found.push({
        path: [...at, 'targetGroups', index],
        message: `is ${target}, which targetGroups does not hold; add it there`,
      });
  });
  (group.securityGroups ?? []).forEach((one, index) => {
    if (one !== 'default' && !(one in cloud.securityGroups))
      found.push({
        path: [...at, 'securityGroups', index],
        message: `is ${one}, which securityGroups does not hold; add it there`,
      });
  });
  if (typeof group.instances !== 'number')
    group.instances.forEach(({ zone }, index) => {
      if (zone !== undefined && !zonesOf(group, region).includes(zone))
        found.push({
          path: [...at, 'instances', index, 'zone'],
          message: `is ${zone}, which is none of the group's zones`,
        });
    });
  const count =
    typeof group.instances === 'number'
      ? group.instances
      : group.instances.reduce((sum, one) => sum + (one.standby ? 0 : one.count), 0);
  if (group.max !== undefined && group.max < count)
    found.push({
      path: [...at, 'max'],
      message: `is ${String(group.max)}, below the ${String(count)} instances`,
    });
  if (group.min !== undefined && group.min > count)
    found.push({
      path: [...at, 'min'],
      message: `is ${String(group.min)}, above the ${String(count)} instances`,
    });
  return found;
};

/**
 * Finds listeners that forward to a target group that does not exist. By default a group has a target group with its
 * own name.
 */
const ofLoadBalancer = (
  name: string,
  { listeners }: CloudDescription['loadBalancers'][string],
  cloud: CloudDescription,
): Found[] => {
  const known = new Set([...Object.keys(cloud.targetGroups), ...Object.keys(cloud.groups)]);
  const missing = (path: Found['path'], one: string | undefined): Found[] =>
    one === undefined || known.has(one)
      ? []
      : [{ path, message: `is ${one}, which targetGroups does not hold; add it there` }];
  return listeners.flatMap(({ targetGroup, rules }, index) => {
    const at = ['loadBalancers', name, 'listeners', index];
    return [
      ...missing([...at, 'targetGroup'], targetGroup),
      ...rules.flatMap((rule, place) => missing([...at, 'rules', place, 'targetGroup'], rule.targetGroup)),
    ];
  });
};

/** Checks beyond the schema: names that must exist elsewhere in the description, sizes that must fit. */
export const cloudChecks = (cloud: CloudDescription): Found[] => [
  ...Object.entries(cloud.groups).flatMap(([name, group]) => ofGroup(name, group, cloud)),
  ...Object.entries(cloud.loadBalancers).flatMap(([name, one]) => ofLoadBalancer(name, one, cloud)),
  ...alarmChecks(cloud),
  ...groupChecks(cloud),
  ...troubleChecks(cloud),
  ...cloud.provisioningFailures.flatMap(({ instance }, index): Found[] =>
    instance && !(instance.group in cloud.groups)
      ? [
          {
            path: ['provisioningFailures', index, 'instance', 'group'],
            message: `is ${instance.group}, which groups does not hold`,
          },
        ]
      : [],
  ),
];
