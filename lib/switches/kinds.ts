import { type AccessMade, accessSwitch } from './access/definition';
import { checkFormat, type SwitchDefinition, UnreadableSwitch } from './base/definition';
import type { SwitchAnswer, SwitchItem } from './base/item';
import type { SwitchReader } from './base/store';
import { type MaintenanceMade, maintenanceSwitch } from './maintenance/definition';
import { type PrewarmMade, prewarmSwitch } from './prewarm/definition';

interface MadeOf {
  readonly access: AccessMade;
  readonly maintenance: MaintenanceMade;
  readonly prewarm: PrewarmMade;
}
export type SwitchKind = keyof MadeOf;
type Definition<Kind extends SwitchKind> = SwitchDefinition<Kind, MadeOf[Kind]>;

/** All kinds of switches. A new kind is a folder with its definition, and a line here. */
export const switchKinds: { readonly [Kind in SwitchKind]: Definition<Kind> } = {
  access: accessSwitch,
  maintenance: maintenanceSwitch,
  prewarm: prewarmSwitch,
};

type ItemOf<Kind extends SwitchKind> = SwitchItem<Kind, MadeOf[Kind]>;
/** A switch of whichever kind; {@link definitionOf} knows what it made. */
export type AnySwitch = ItemOf<SwitchKind>;
export type AnySwitchAnswer = SwitchAnswer<AnySwitch>;

export const definitionOf = <Kind extends SwitchKind>({ kind }: ItemOf<Kind>): Definition<Kind> =>
  switchKinds[kind];

const isKind = (kind: string): kind is SwitchKind => Object.hasOwn(switchKinds, kind);

/** @throws UnreadableSwitch */
export const readAnySwitch = (stored: SwitchItem): AnySwitch => {
  checkFormat(stored);
  const { kind } = stored;
  if (!isKind(kind))
    throw new UnreadableSwitch(
      `Switch ${stored.switch} of ${stored.application} is of kind ${kind}, which this version of Forseti does not know. Deploy the version that wrote it again, and turn the switch off with it.`,
    );
  return switchKinds[kind].read(stored);
};

/** For whoever works with switches of all kinds. */
export const anySwitch: SwitchReader<SwitchKind, AnySwitch['made']> = {
  reads: () => true,
  read: readAnySwitch,
};
