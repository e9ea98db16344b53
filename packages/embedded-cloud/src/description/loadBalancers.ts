import type { Region } from '../core/service';
import { regionOf } from './network';
import type { CloudDescription } from './schema';

/** Target groups that a described load balancer forwards to. */
export const named = (cloud: CloudDescription): ReadonlySet<string> =>
  new Set(
    Object.values(cloud.loadBalancers)
      .flatMap(({ listeners }) => listeners)
      .flatMap(({ targetGroup, rules }) => [
        ...(targetGroup === undefined ? [] : [targetGroup]),
        ...rules.map((rule) => rule.targetGroup),
      ]),
  );

/** @param targetGroups ARNs by name. */
export const addLoadBalancers = (
  region: Region,
  cloud: CloudDescription,
  targetGroups: ReadonlyMap<string, string>,
): void => {
  const elb = region.service('elasticloadbalancing');
  for (const [name, balancer] of Object.entries(cloud.loadBalancers)) {
    if (regionOf(cloud, balancer) !== region.name) continue;
    elb.addLoadBalancer({
      name,
      listeners: balancer.listeners.map(({ port, protocol, targetGroup, rules }) => ({
        port,
        protocol,
        targetGroupArn: targetGroup === undefined ? undefined : targetGroups.get(targetGroup),
        rules: rules.map(({ priority, hosts, paths, targetGroup: to }) => ({
          priority,
          conditions: [
            ...(hosts.length > 0 ? [{ field: 'host-header', values: hosts }] : []),
            ...(paths.length > 0 || hosts.length === 0
              ? [{ field: 'path-pattern', values: paths.length > 0 ? paths : ['/*'] }]
              : []),
          ],
          targetGroupArn: targetGroups.get(to) ?? '',
        })),
      })),
    });
  }
};
