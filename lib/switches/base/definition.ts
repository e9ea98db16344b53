import { type SwitchItem, switchFormat } from './item';
import { type Fields, wrongFields } from './payload';

/**
 * One kind of switch: the types of what it makes, and all that is said about it. How it is turned on and off stands
 * beside it, one file each, since each is a function with clients and permissions of its own.
 */
export interface SwitchDefinition<Kind extends string, Made> {
  readonly kind: Kind;
  /** As a sentence calls it: `the maintenance page`. */
  readonly called: string;
  /** A name of an emoji, for chat. */
  readonly sign: string;
  /** The fields of the stored payload. What is known when the intent is written is required; what AWS answers is not. */
  readonly made: Fields<Made>;
  /** `api: port 22 for 203.0.113.7/32`. */
  readonly name: (item: SwitchItem<Kind, Made>) => string;
  /** For a table, without the application: `port 22 for 203.0.113.7/32 in sg-0123`. */
  readonly summary: (made: Made, showTime: (at: number) => string) => string;
  /** When people see it end, epoch milliseconds, where that is not its `until`. */
  readonly shownEnd?: (made: Made) => number | undefined;
  /** When the machine has something to do before the end, epoch milliseconds. */
  readonly reserveAt?: (made: Made) => number | undefined;
  /** The command that turns it off; also where its own end failed. */
  readonly offCommand: (item: SwitchItem<Kind, Made>) => string;
  /** @throws UnreadableSwitch where the item is of a newer format, or of another kind, or is damaged. */
  readonly read: (stored: SwitchItem) => SwitchItem<Kind, Made>;
}

/** A stored switch that this version cannot read. The message says what to do. */
export class UnreadableSwitch extends Error {
  override readonly name = 'UnreadableSwitch';
}

/** Refuses an item of a newer layout. @throws UnreadableSwitch */
export const checkFormat = ({ application, switch: name, format = 1 }: SwitchItem): void => {
  if (format > switchFormat)
    throw new UnreadableSwitch(
      `Switch ${name} of ${application} was written in format ${String(format)}, and this version of Forseti reads ${String(switchFormat)} at most. Deploy the newer version again, and turn the switch off with it.`,
    );
};

const readAs =
  <Kind extends string, Made>({ kind, made }: Pick<SwitchDefinition<Kind, Made>, 'kind' | 'made'>) =>
  (stored: SwitchItem): SwitchItem<Kind, Made> => {
    checkFormat(stored);
    const isOne = (item: SwitchItem): item is SwitchItem<Kind, Made> =>
      item.kind === kind && wrongFields(made, item.made).length === 0;
    if (isOne(stored)) return stored;
    const wrong =
      stored.kind === kind
        ? `it lacks ${wrongFields(made, stored.made).join(', ')}, or has another type there`
        : `its kind is ${stored.kind}, expected ${kind}`;
    throw new UnreadableSwitch(
      `Switch ${stored.switch} of ${stored.application} is not as Forseti writes it: ${wrong}. Remove by hand what it made, and then its item from the table of switches.`,
    );
  };

export const defineSwitch = <Kind extends string, Made>(
  words: Omit<SwitchDefinition<Kind, Made>, 'read'>,
): SwitchDefinition<Kind, Made> => ({ ...words, read: readAs(words) });
