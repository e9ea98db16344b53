import { type CheckFunction, names, one, regionOption } from './check';

/** A classic load balancer checks and drains instances by itself, and Forseti would neither see nor await it. */
export const classicLoadBalancers: CheckFunction = ({ facts: { group } }) => {
  const attached = group.classicLoadBalancers ?? [];
  return one(
    'classic load balancers',
    attached.length === 0 ? 'none' : names(attached),
    attached.length > 0 &&
      `Group ${group.name} is attached to classic load balancers (${names(attached)}), whose health Forseti does not see. Move it to target groups of an Application or Network Load Balancer: aws autoscaling attach-load-balancer-target-groups --auto-scaling-group-name ${group.name} --target-group-arns ARN${regionOption(group)}; when its targets are healthy and users come that way: aws autoscaling detach-load-balancers --auto-scaling-group-name ${group.name} --load-balancer-names ${attached.join(' ')}${regionOption(group)}`,
  );
};

/** Auto Scaling lists what was attached as a traffic source apart from the group's target groups. */
export const trafficSources: CheckFunction = ({ facts: { group } }) => {
  const unseen = (group.trafficSources ?? []).filter(
    ({ type, identifier }) =>
      !(type === 'elbv2' && group.targetGroupArns.includes(identifier)) &&
      !(type === 'elb' && (group.classicLoadBalancers ?? []).includes(identifier)),
  );
  if (unseen.length === 0) return one('traffic sources', 'none');
  const targetGroups = unseen.filter(({ type }) => type === 'elbv2').map(({ identifier }) => identifier);
  const others = unseen.filter(({ type }) => type !== 'elbv2');
  const detach = (list: readonly { identifier: string; type: string }[]): string =>
    `aws autoscaling detach-traffic-sources --auto-scaling-group-name ${group.name} --traffic-sources ${list.map(({ identifier, type }) => `Identifier=${identifier},Type=${type}`).join(' ')}${regionOption(group)}`;
  const attach = (arns: string): string =>
    `aws autoscaling attach-load-balancer-target-groups --auto-scaling-group-name ${group.name} --target-group-arns ${arns}${regionOption(group)}`;
  return [
    ...(targetGroups.length > 0
      ? one(
          'traffic sources',
          names(targetGroups),
          `Group ${group.name} has target groups that were attached as traffic sources (${names(targetGroups)}), whose health Forseti does not see. Attach them as target groups, in a quiet hour, since the instances leave them for a moment: ${detach(unseen.filter(({ type }) => type === 'elbv2'))} && ${attach(targetGroups.join(' '))}`,
        )
      : []),
    ...(others.length > 0
      ? one(
          'traffic sources',
          names(others.map(({ identifier }) => identifier)),
          `Group ${group.name} has traffic sources of type ${names([...new Set(others.map(({ type }) => type))])} (${names(others.map(({ identifier }) => identifier))}), whose health Forseti does not see. Move the group to target groups of an Application or Network Load Balancer: ${attach('ARN')}; when its targets are healthy and users come that way: ${detach(others)}`,
        )
      : []),
  ];
};
