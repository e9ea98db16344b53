import type { Table, Written } from '../aws/table';
import type { Regions } from './regions';

/** Item `requests`: which region requests go to. The region that decides writes it; `activeRegionInTable` reads it. */
export interface ActiveItem {
  readonly name: string;
  readonly active: string;
  /** Epoch ms. */
  readonly since: number;
  readonly by: string;
  readonly reason: string;
  /** Set by hand: no probe changes it. */
  readonly pinned?: true;
}

/** Item `probe:REGION`: how the other region finds this one. Only that region writes it, so copies never conflict. */
export interface ProbeItem {
  readonly name: string;
  /** Epoch ms of the last probe. */
  readonly at: number;
  readonly from: string;
  /** Bad and good probes in a row; one of the two is 0. */
  readonly bad: number;
  readonly good: number;
  /** How long the last probe took, or what went wrong. */
  readonly tookMs?: number;
  readonly failure?: string;
}

export type RegionItem = ActiveItem | ProbeItem;

export const activeName = 'requests';
export const probeName = (region: string): string => `probe:${region}`;

/** The table of regions, read and written in the copy of one region. */
export class RegionsTable {
  constructor(
    private readonly table: Table<RegionItem>,
    private readonly regions: Regions,
  ) {}

  /** Undefined as long as nobody has changed it: home is active then. */
  async active(): Promise<ActiveItem | undefined> {
    return (await this.table.get({ name: activeName })) as ActiveItem | undefined;
  }

  async probe(region: string): Promise<ProbeItem | undefined> {
    return (await this.table.get({ name: probeName(region) })) as ProbeItem | undefined;
  }

  async putProbe(item: ProbeItem): Promise<void> {
    await this.table.put(item);
  }

  /** Writes only where the item is still the one that was decided on (`before`): an older decision overwrites no newer one. */
  async setActive(item: ActiveItem, before: ActiveItem | undefined): Promise<Written<RegionItem>> {
    return this.table.put(
      item,
      before === undefined
        ? { expression: 'attribute_not_exists(#name)', names: { '#name': 'name' } }
        : {
            expression:
              '#active = :active AND since = :since AND #by = :by AND reason = :reason AND ' +
              (before.pinned ? 'pinned = :pinned' : 'attribute_not_exists(pinned)'),
            names: { '#active': 'active', '#by': 'by' },
            values: {
              ':active': before.active,
              ':since': before.since,
              ':by': before.by,
              ':reason': before.reason,
              ...(before.pinned && { ':pinned': true }),
            },
          },
    );
  }

  activeOf(item: ActiveItem | undefined): string {
    return item?.active ?? this.regions.home;
  }
}
