import type { PlaceOptions } from '../session/options';

/** Options of `forseti init`. */
export interface InitOptions extends PlaceOptions {
  readonly release?: string;
  readonly source?: string;
  readonly playbook?: string;
  readonly file: string;
  readonly reboot: boolean;
  /** Of a group that is made. */
  readonly subnets?: readonly string[];
  readonly targetGroups?: readonly string[];
  readonly min: number;
  readonly max?: number;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly wait: boolean;
}
