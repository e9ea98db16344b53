import type { Found } from './found';
import { regionOf } from './network';
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

const templateOf = (name: string, { launchTemplate }: CloudDescription['groups'][string]): string =>
  launchTemplate.name ?? name;

/** Groups of one region that name the same launch template share it: it cannot be described in two ways. */
const sharing = (cloud: CloudDescription): Found[] => {
  const groups = Object.entries(cloud.groups);
  const told = ({ launchTemplate, version }: CloudDescription['groups'][string]) =>
    JSON.stringify({ ...launchTemplate, name: undefined, version });
  return groups.flatMap(([name, group], index): Found[] => {
    const first = groups
      .slice(0, index)
      .find(
        ([other, one]) =>
          templateOf(other, one) === templateOf(name, group) &&
          regionOf(cloud, one) === regionOf(cloud, group),
      );
    return first && told(first[1]) !== told(group)
      ? [
          {
            path: ['groups', name, 'launchTemplate'],
            message: `is that of ${first[0]}, described otherwise: its launch template, and the version, must be the same`,
          },
        ]
      : [];
  });
};

export const groupChecks = (cloud: CloudDescription): Found[] => [
  ...Object.entries(cloud.groups).flatMap(([name, group]) => launches(name, group)),
  ...sharing(cloud),
];
