import type { Troubles } from '../cloud/troubles';
import type { Found } from './found';
import { regionOf } from './network';
import { ms } from './options';
import type { CloudDescription } from './schema';

/** What goes wrong around the account. @param startAt epoch milliseconds, from which the description counts */
export const troublesOf = (cloud: CloudDescription, startAt: number): Troubles => {
  const times = ({ from, until }: { readonly from: string; readonly until: string }) => ({
    from: startAt + ms(from),
    until: startAt + ms(until),
  });
  return {
    outages: cloud.outages.map((one) => ({
      region: regionOf(cloud, one),
      manner: one.manner,
      ...(one.services && { services: one.services }),
      ...times(one),
    })),
    throttling: cloud.throttling.map((one) => ({
      region: regionOf(cloud, one),
      service: one.service,
      share: one.share,
      ...(one.action !== undefined && { action: one.action }),
      ...times(one),
    })),
  };
};

const parts = ['outages', 'throttling', 'capacity'] as const;

/** Regions that there are, and times that have a length. */
export const troubleChecks = (cloud: CloudDescription): Found[] =>
  parts.flatMap((part) =>
    cloud[part].flatMap((one, index): Found[] => [
      ...(cloud.regions.includes(regionOf(cloud, one))
        ? []
        : [{ path: [part, index, 'region'], message: `is ${one.region ?? ''}, which is none of regions` }]),
      ...(one.until !== undefined && ms(one.until) <= ms(one.from ?? '0s')
        ? [{ path: [part, index, 'until'], message: 'is not after from' }]
        : []),
    ]),
  );
