/** What AWS charges for calls and meters, by a price list. */

export interface CostItem {
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly dollars: number;
}

export interface Cost {
  readonly dollars: number;
  readonly items: readonly CostItem[];
}

export interface Price {
  /** Name of the item on the bill. Prices with the same name are added up. */
  readonly what: string;
  readonly unit: string;
  /** Dollars per unit. */
  readonly each: number;
}

export interface CallPrice extends Price {
  /** IAM prefix. */
  readonly service: string;
  /** Names of actions, without `Command`. */
  readonly actions: RegExp;
}

export interface PriceList {
  /** Quantities that services count with `region.meter`: `stateTransitions`, `lambdaRequests`, … */
  readonly meters: Readonly<Record<string, Price>>;
  /** Calls that are charged: the first entry that matches counts. Calls without an entry are free. */
  readonly calls: readonly CallPrice[];
}

export interface Usage {
  /** Calls by service and action. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly meters: Readonly<Record<string, number>>;
}

/** Adds up what calls and meters cost. */
export const priceOf = (used: Usage, prices: PriceList): Cost => {
  const items = new Map<string, CostItem>();
  const add = (found: Price | undefined, quantity: number) => {
    if (!found || quantity === 0) return;
    const before = items.get(found.what);
    items.set(found.what, {
      what: found.what,
      unit: found.unit,
      quantity: (before?.quantity ?? 0) + quantity,
      dollars: (before?.dollars ?? 0) + quantity * found.each,
    });
  };
  for (const [name, quantity] of Object.entries(used.meters)) add(prices.meters[name], quantity);
  for (const [service, actions] of Object.entries(used.counters))
    for (const [action, count] of Object.entries(actions))
      add(
        prices.calls.find((one) => one.service === service && one.actions.test(action)),
        count,
      );
  const list = [...items.values()];
  return { dollars: list.reduce((sum, item) => sum + item.dollars, 0), items: list };
};
