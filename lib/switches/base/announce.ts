import { notify } from '../../reporting/notify';
import type { SwitchDefinition } from './definition';
import type { SwitchItem } from './item';
import type { CommonTools } from './tools';

type Words = Pick<SwitchDefinition<string, unknown>, 'kind' | 'called' | 'sign'>;

/** What a notice says of the switch itself. */
export const switchNotice = (
  { kind, called, sign }: Words,
  { application }: Pick<SwitchItem, 'application'>,
) => ({ kind: 'switched' as const, application, switch: kind, called, sign });

/** Notifies the application's topic of a change. */
export const announce = async (
  {
    channels,
    environment,
    readSettings,
    definition,
  }: Pick<CommonTools, 'channels' | 'environment' | 'readSettings'> & { readonly definition: Words },
  item: SwitchItem,
  change: {
    readonly on: boolean;
    readonly lines: readonly string[];
    readonly by: string;
    readonly undo?: string;
  },
): Promise<void> => {
  // Also where the application is gone from the settings.
  const settings = await readSettings(item.application).then(
    (found) => found.settings,
    () => undefined,
  );
  await notify(channels, environment, {
    ...switchNotice(definition, item),
    ...(settings && { settings }),
    ...change,
  });
};
