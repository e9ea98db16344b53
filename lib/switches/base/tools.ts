import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ApplicationSettings } from '../../application/schema';
import type { World } from '../../aws/production';
import type { Channels } from '../../reporting/channels';
import type { SwitchDefinition } from './definition';
import type { Switches } from './store';

/** What turning switches on or off needs, whatever their kind. */
export interface CommonTools extends Pick<World, 'environment' | 'clock'> {
  readonly sfn: SFNClient;
  readonly channels: Channels;
  readonly switchOffMachineArn: string;
  readonly readSettings: (application: string) => Promise<{ readonly settings: ApplicationSettings }>;
}

/** What turning a switch of one kind on or off needs. */
export interface SwitchTools<Kind extends string, Made> extends CommonTools {
  readonly definition: SwitchDefinition<Kind, Made>;
  readonly switches: Switches<Kind, Made>;
}
