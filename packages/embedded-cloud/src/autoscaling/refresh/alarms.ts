import type { Region } from '../../core/service';
import { cloudWatchOf } from '../otherServices';

const stateOfAlarm = (region: Region, name: string) => cloudWatchOf(region)?.alarm(name)?.stateValue;

export const alarmExists = (region: Region, name: string): boolean =>
  stateOfAlarm(region, name) !== undefined;

export const isInAlarm = (region: Region, name: string): boolean => stateOfAlarm(region, name) === 'ALARM';
