import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ApplicationSettings } from '../application/schema';
import type { Core } from '../engine/core';
import type { Channels } from '../reporting/channels';
import type { RungAlarm } from './alarmEvent';

/** An alarm, and an application whose settings name it. */
export interface About {
  readonly alarm: RungAlarm;
  readonly application: string;
  readonly settings: ApplicationSettings;
  /** It is judged again, since it rings on after a deployment or a rollback has ended. */
  readonly stillRings?: true;
}

/** What an alarm is judged and acted on with. */
export interface AlarmTools {
  readonly core: Core;
  readonly sfn: SFNClient;
  readonly channels: Channels;
  readonly autoScaling: AutoScalingClient;
  readonly rollbackMachineArn: string;
  /** Wakes the parked steps of a deployment at once. */
  readonly wake: (deployment: string) => Promise<void>;
}
