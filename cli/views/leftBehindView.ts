import { tags } from '../../lib/aws/tags';
import { isGoodRelease, type Release } from '../../lib/engine/releases';
import type { LeftBehind } from '../queries/leftBehind';

/** A thing that is left, and the commands that remove it or hand it over. */
export interface LeftPart {
  readonly what: string;
  readonly commands: readonly string[];
}

const names = (all: readonly string[]): string =>
  all.length > 5 ? `${all.slice(0, 5).join(', ')} and ${String(all.length - 5)} more` : all.join(', ');

const count = (all: readonly unknown[], noun: string): string =>
  `${String(all.length)} ${noun}${all.length === 1 ? '' : 's'}`;

const tagPart = ({ application, group, region, tagged, heir }: LeftBehind, file: string): LeftPart[] => {
  if (!tagged) return [];
  const what = `Group ${group} carries the tag ${tags.application}=${application}.`;
  return heir === undefined
    ? [
        {
          what,
          commands: [
            `aws autoscaling delete-tags --tags ResourceId=${group},ResourceType=auto-scaling-group,Key=${tags.application} --region ${region}`,
          ],
        },
      ]
    : [
        {
          what: `${what} To hand it over to ${heir}:`,
          commands: [`forseti apply ${file} --tag --region ${region}`],
        },
      ];
};

const policyPart = ({ group, region, policies, heir }: LeftBehind): LeftPart[] => {
  if (policies.length === 0) return [];
  const what = `Group ${group} has ${count(policies, 'scaling policy').replace('policys', 'policies')} of Forseti: ${names(policies)}.`;
  return heir === undefined
    ? [
        {
          what,
          commands: policies.map(
            (name) =>
              `aws autoscaling delete-policy --auto-scaling-group-name ${group} --policy-name ${name} --region ${region}`,
          ),
        },
      ]
    : [{ what: `${what} The next deployment of ${heir} makes them those of its settings.`, commands: [] }];
};

const alarmPart = ({ application, group, region, alarms, gone, now }: LeftBehind): LeftPart[] => {
  if (alarms.length === 0) return [];
  const them = `${count(alarms, 'alarm')}: ${names(alarms)}.`;
  return gone
    ? [
        {
          what: `There ${alarms.length === 1 ? 'is' : 'are'} ${them}`,
          commands: [`aws cloudwatch delete-alarms --alarm-names ${alarms.join(' ')} --region ${region}`],
        },
      ]
    : [
        {
          what: `Group ${group} is watched by ${them} The next deployment of ${application} makes ${alarms.length === 1 ? 'it' : 'them'} watch ${now ?? 'its group'}.`,
          commands: [],
        },
      ];
};

const newestGood = (releases: readonly Release[]): Release | undefined => releases.find(isGoodRelease);

const releasePart = ({ application, group, releases, gone, now, heir }: LeftBehind): LeftPart[] => {
  if (releases.length === 0) return [];
  const them = `${count(releases, 'release')} (${names(releases.map(({ version }) => version))})`;
  const [are, stay, belong] = releases.length === 1 ? ['is', 'stays', 'belongs'] : ['are', 'stay', 'belong'];
  const newest = newestGood(releases);
  const to = gone ? heir : application;
  if (to === undefined)
    return [{ what: `${them} of group ${group} ${are} known no more; the images stay.`, commands: [] }];
  const what = gone
    ? `${them} of group ${group} ${stay} under the name ${application}, unless --tag hands the group over to ${to}.`
    : `${them} ${belong} to group ${group}: no rollback of group ${now ?? ''} goes there.`;
  return newest === undefined
    ? [{ what, commands: [] }]
    : [
        {
          what: `${what} To bring the newest good one over once the fleet is tagged:`,
          commands: [`forseti deploy ${to} ${newest.version} --image ${newest.image}`],
        },
      ];
};

/** The other region's fleet goes on under the same name. */
const regionParts = (
  { application, group, region, releases }: LeftBehind,
  here: string,
  settingsPrefix: string,
): LeftPart[] => {
  const newest = newestGood(releases);
  const copy = newest?.imageCopies?.[here]?.image;
  return [
    {
      what: `${application} has settings in ${region} too, with group ${group}: its tags, policies, alarms and ${count(releases, 'release')} stay there, and tags are deployed in the region that takes them first. To end it there:`,
      commands: [`aws ssm delete-parameter --name ${settingsPrefix}/${application} --region ${region}`],
    },
    ...(newest
      ? [
          copy === undefined
            ? {
                what: `The image of ${newest.version} is in ${region} only. To bring it over, copy it, then deploy the copy:`,
                commands: [
                  `aws ec2 copy-image --source-image-id ${newest.image} --source-region ${region} --name ${application}-${newest.version.replace(/[^A-Za-z0-9()./_-]/g, '-')} --region ${here}`,
                ],
              }
            : {
                what: `The image of ${newest.version} has a copy here. To bring it over:`,
                commands: [
                  `forseti deploy ${application} ${newest.version} --image ${copy} --region ${here}`,
                ],
              },
        ]
      : []),
  ];
};

export interface SettingsPlace {
  /** The settings file. */
  readonly file: string;
  /** Where the settings were sent to. */
  readonly region: string;
  readonly settingsPrefix: string;
}

/** What is left, part by part, with the commands. */
export const leftParts = (left: LeftBehind, { file, region, settingsPrefix }: SettingsPlace): LeftPart[] =>
  left.region === region
    ? [...tagPart(left, file), ...policyPart(left), ...alarmPart(left), ...releasePart(left)]
    : regionParts(left, region, settingsPrefix);

/** For people: a headline for each application and group, the parts, and below each its commands. */
export const leftLines = (all: readonly LeftBehind[], applied: SettingsPlace): string[] =>
  all.flatMap((left) => {
    const parts = leftParts(left, applied);
    const where = left.region === applied.region ? `on group ${left.group}` : `in ${left.region}`;
    return parts.length === 0
      ? []
      : [
          `What ${left.application} leaves ${where}:`,
          ...parts.flatMap(({ what, commands }) => [
            `  ${what}`,
            ...commands.map((command) => `    ${command}`),
          ]),
        ];
  });
