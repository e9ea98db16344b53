import type { Found } from './found';
import type { CloudDescription } from './schema';

/** A group launches from one thing only. */
const launches = (name: string, group: CloudDescription['groups'][string]): Found[] =>
  group.launchConfiguration !== undefined && group.mixedInstances
    ? [
        {
          path: ['groups', name, 'launchConfiguration'],
          message: 'stands beside mixedInstances, which launches from a launch template',
        },
      ]
    : [];

export const groupChecks = (cloud: CloudDescription): Found[] =>
  Object.entries(cloud.groups).flatMap(([name, group]) => launches(name, group));
