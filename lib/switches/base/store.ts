import type { Table, Written } from '../../aws/table';
import { endsLater } from '../../engine/laterEnd';
import { type SwitchItem, switchFormat } from './item';

/** Longer than any function runs: a removal that began before has died. */
const maxClosingMs = 60_000;

const keyOf = ({ application, switch: name }: Pick<SwitchItem, 'application' | 'switch'>) => ({
  application,
  switch: name,
});
/** The item is of the same turning on, and still on. */
const sameOne = (item: SwitchItem) => ({
  expression: '#at = :at AND attribute_not_exists(offAt)',
  names: { '#at': 'at' },
  values: { ':at': item.at },
});

/** Its end has not been moved since it was read. */
const sameEnd = ({ until }: Pick<SwitchItem, 'until'>): string =>
  until === undefined ? 'attribute_not_exists(#until)' : '#until = :before';

/** Which of the stored switches somebody works with, and how they are read. */
export interface SwitchReader<Kind extends string, Made> {
  readonly reads: (kind: string) => boolean;
  /** @throws UnreadableSwitch */
  readonly read: (stored: SwitchItem) => SwitchItem<Kind, Made>;
}

/** The table of the switches. Whatever comes from it has been read by its kind's definition. */
export class Switches<Kind extends string, Made> {
  constructor(
    private readonly table: Table<SwitchItem>,
    private readonly reader: SwitchReader<Kind, Made>,
  ) {}

  /** @throws UnreadableSwitch */
  async find(application: string, name: string): Promise<SwitchItem<Kind, Made> | undefined> {
    const found = await this.table.get({ application, switch: name });
    return found && this.reader.read(found);
  }

  /** Those of an application, also those that are off; the newest first. @throws UnreadableSwitch */
  async list(application: string): Promise<SwitchItem<Kind, Made>[]> {
    const found = await this.table.query({
      expression: 'application = :application',
      values: { ':application': application },
    });
    return found
      .filter(({ kind }) => this.reader.reads(kind))
      .sort((a, b) => b.at - a.at)
      .map((stored) => this.reader.read(stored));
  }

  /**
   * Writes the intent; a switch of this name that is off is kept under its time. @returns the switch that is on already,
   * if one is.
   */
  async begin(item: SwitchItem<Kind, Made>): Promise<Written<SwitchItem<Kind, Made>>> {
    const before = await this.table.get(keyOf(item));
    if (before?.offAt !== undefined)
      await this.table.put({ ...before, switch: `${before.switch}@${String(before.at)}` });
    return this.written(
      await this.table.put(
        { ...item, format: switchFormat, due: 'open' },
        { expression: 'attribute_not_exists(application) OR attribute_exists(offAt)' },
      ),
    );
  }

  /**
   * Moves the end. The later end holds, with whoever asked for it: two people who want the same for different times both
   * get it. With `exactly` the given end holds, unless somebody has moved the end since the item was read.
   * @returns the item as it is now; not done where it has gone off meanwhile, or is going off.
   */
  async extend(
    item: SwitchItem<Kind, Made>,
    wanted: Pick<SwitchItem, 'until' | 'by' | 'reason'>,
    now: number,
    how: 'later' | 'exactly' = 'later',
  ): Promise<Written<SwitchItem<Kind, Made>>> {
    const stays = how === 'later' && !endsLater(wanted.until, item.until);
    const { until, by } = stays ? item : wanted;
    const reason = stays && item.by !== wanted.by ? item.reason : wanted.reason;
    const { expression, names, values } = sameOne(item);
    const set = [
      '#by = :by',
      ...(reason === undefined ? [] : ['reason = :reason']),
      ...(until === undefined ? [] : ['#until = :until']),
    ].join(', ');
    const written = this.written(
      await this.table.update(
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
          expression: `${expression} AND ${sameEnd(item)} AND (attribute_not_exists(closingAt) OR closingAt < :dead)`,
          names,
          values: {
            ...values,
            ...(item.until !== undefined && { ':before': item.until }),
            ':dead': now - maxClosingMs,
          },
        },
      ),
    );
    const moved = written.done ? undefined : written.found;
    return moved && moved.at === item.at && moved.offAt === undefined && moved.until !== item.until
      ? this.extend(moved, wanted, now)
      : written;
  }

  /** Notes what was made, beside what is noted already. */
  async note(item: SwitchItem<Kind, Made>, made: Partial<Made>): Promise<SwitchItem<Kind, Made>> {
    const parts = Object.entries(made).filter(([, value]) => value !== undefined);
    const { expression, names, values } = sameOne(item);
    const written = await this.table.update(
      keyOf(item),
      {
        expression: `SET ${parts.map((_, index) => `made.#m${String(index)} = :m${String(index)}`).join(', ')}`,
        names: Object.fromEntries(parts.map(([key], index) => [`#m${String(index)}`, key])),
        values: Object.fromEntries(parts.map(([, value], index) => [`:m${String(index)}`, value])),
      },
      { expression, names, values },
    );
    const noted = this.written(written);
    return noted.done && noted.item ? noted.item : { ...item, made: { ...item.made, ...made } };
  }

  /** Announces the removal: nobody extends the switch from now on. Not done where its end was moved meanwhile. */
  async claim(item: SwitchItem<Kind, Made>, now: number): Promise<Written<SwitchItem<Kind, Made>>> {
    const { expression, names, values } = sameOne(item);
    const written = await this.table.update(
      keyOf(item),
      { expression: 'SET closingAt = :now', values: { ':now': now } },
      {
        expression: `${expression} AND ${sameEnd(item)}`,
        names: { ...names, '#until': 'until' },
        values: { ...values, ...(item.until !== undefined && { ':before': item.until }) },
      },
    );
    return this.written(written);
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

  /** Its removal failed. */
  async failed(item: SwitchItem, why: string): Promise<void> {
    const { expression, names, values } = sameOne(item);
    await this.table.update(
      keyOf(item),
      { expression: 'SET failed = :why', values: { ':why': why.slice(0, 1_000) } },
      { expression, names, values },
    );
  }

  /** Those that are on although their time is over, as they are stored: the caller reads each one by itself. */
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

  /** {@link SwitchReader.read} */
  read(stored: SwitchItem): SwitchItem<Kind, Made> {
    return this.reader.read(stored);
  }

  /** Notes that somebody was paged. @returns whether this is the first time. */
  async paged(item: SwitchItem, now: number): Promise<boolean> {
    const { expression, names, values } = sameOne(item);
    const written = await this.table.update(
      keyOf(item),
      { expression: 'SET pagedAt = :now', values: { ':now': now } },
      { expression: `${expression} AND attribute_not_exists(pagedAt)`, names, values },
    );
    return written.done;
  }

  private written(answer: Written<SwitchItem>): Written<SwitchItem<Kind, Made>> {
    return answer.done
      ? { done: true, item: answer.item && this.reader.read(answer.item) }
      : { done: false, found: answer.found && this.reader.read(answer.found) };
  }
}
