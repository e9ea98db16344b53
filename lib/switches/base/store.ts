import type { Table, Written } from '../../aws/table';
import type { Made, SwitchItem } from './item';

/** A removal that began longer ago than any function runs has died. */
const maxClosingMs = 60_000;

const keyOf = ({ application, switch: name }: Pick<SwitchItem, 'application' | 'switch'>) => ({
  application,
  switch: name,
});
/** The item is still of the same turning on, and nobody has turned it off. */
const sameOne = (item: SwitchItem) => ({
  expression: '#at = :at AND attribute_not_exists(offAt)',
  names: { '#at': 'at' },
  values: { ':at': item.at },
});

/** Everybody's switches, and who turned them on. */
export class Switches {
  constructor(private readonly table: Table<SwitchItem>) {}

  find(application: string, name: string): Promise<SwitchItem | undefined> {
    return this.table.get({ application, switch: name });
  }

  /** All of an application, those that are off too; the newest first. */
  async list(application: string): Promise<SwitchItem[]> {
    const found = await this.table.query({
      expression: 'application = :application',
      values: { ':application': application },
    });
    return found.sort((a, b) => b.at - a.at);
  }

  /** Writes the intent. What stood there before is kept under its time. @returns what is on already, where it is. */
  async begin(item: SwitchItem): Promise<Written<SwitchItem>> {
    const before = await this.table.get(keyOf(item));
    if (before?.offAt !== undefined)
      await this.table.put({ ...before, switch: `${before.switch}@${String(before.at)}` });
    return this.table.put(
      { ...item, due: 'open' },
      { expression: 'attribute_not_exists(application) OR attribute_exists(offAt)' },
    );
  }

  /** @returns what it is then; not done where it went off meanwhile, or is going off. */
  extend(
    item: SwitchItem,
    { until, by, reason }: Pick<SwitchItem, 'until' | 'by' | 'reason'>,
    now: number,
  ): Promise<Written<SwitchItem>> {
    const { expression, names, values } = sameOne(item);
    const set = [
      '#by = :by',
      ...(reason === undefined ? [] : ['reason = :reason']),
      ...(until === undefined ? [] : ['#until = :until']),
    ].join(', ');
    return this.table.update(
      keyOf(item),
      {
        expression: `SET ${set}${until === undefined ? ' REMOVE #until' : ''}`,
        names: { '#by': 'by', '#until': 'until' },
        values: {
          ':by': by,
          ...(reason !== undefined && { ':reason': reason }),
          ...(until !== undefined && { ':until': until }),
        },
      },
      {
        expression: `${expression} AND (attribute_not_exists(closingAt) OR closingAt < :dead)`,
        names,
        values: { ...values, ':dead': now - maxClosingMs },
      },
    );
  }

  /** Notes what was made; what else is noted stays. */
  async note(item: SwitchItem, made: Made): Promise<SwitchItem> {
    const parts = Object.entries(made).filter(([, value]) => value !== undefined);
    const { expression, names, values } = sameOne(item);
    const noted = await this.table.update(
      keyOf(item),
      {
        expression: `SET ${parts.map((_, index) => `made.#m${String(index)} = :m${String(index)}`).join(', ')}`,
        names: Object.fromEntries(parts.map(([key], index) => [`#m${String(index)}`, key])),
        values: Object.fromEntries(parts.map(([, value], index) => [`:m${String(index)}`, value])),
      },
      { expression, names, values },
    );
    return noted.done && noted.item ? noted.item : { ...item, made: { ...item.made, ...made } };
  }

  /** Announces the removal: from here on nobody extends it. Not done where its end was moved meanwhile. */
  claim(item: SwitchItem, now: number): Promise<Written<SwitchItem>> {
    const { expression, names, values } = sameOne(item);
    const sameEnd = item.until === undefined ? 'attribute_not_exists(#until)' : '#until = :until';
    return this.table.update(
      keyOf(item),
      { expression: 'SET closingAt = :now', values: { ':now': now } },
      {
        expression: `${expression} AND ${sameEnd}`,
        names: { ...names, '#until': 'until' },
        values: { ...values, ...(item.until !== undefined && { ':until': item.until }) },
      },
    );
  }

  /** It is off: what was made is gone. */
  async end(item: SwitchItem, by: string, now: number, note: string | undefined): Promise<void> {
    await this.table.update(
      keyOf(item),
      {
        expression: `SET offAt = :now, offBy = :by${note === undefined ? '' : ', note = :note'} REMOVE due, closingAt`,
        values: { ':now': now, ':by': by, ...(note !== undefined && { ':note': note }) },
      },
      sameOne(item),
    );
  }

  /** Those that are on although their time is over. */
  overdue(now: number): Promise<SwitchItem[]> {
    return this.table.query(
      {
        expression: 'due = :open AND #until <= :now',
        names: { '#until': 'until' },
        values: { ':open': 'open', ':now': now },
      },
      { index: 'due' },
    );
  }

  /** @returns whether nobody had been told before. */
  async paged(item: SwitchItem, now: number): Promise<boolean> {
    const { expression, names, values } = sameOne(item);
    const written = await this.table.update(
      keyOf(item),
      { expression: 'SET pagedAt = :now', values: { ':now': now } },
      { expression: `${expression} AND attribute_not_exists(pagedAt)`, names, values },
    );
    return written.done;
  }
}
