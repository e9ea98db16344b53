import { writeFileSync } from 'node:fs';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { SettingsInput } from '../../lib/application/parse';
import { storeSettings } from '../../lib/application/store';
import { tagList, tags } from '../../lib/aws/tags';
import { askedBy } from '../session/ask';
import type { InitOptions } from './options';
import { confirm } from '../terminal/confirm';
import { startExecution } from '../actions/startExecution';
import { exitCodes } from '../terminal/exitCodes';
import { RefusedEarly, UsageError } from '../terminal/errors';
import { adoptFleets } from '../actions/adoptFleets';
import { followToEnd } from '../follow/followToEnd';
import type { Context } from '../session/context';
import type { Session } from '../session/session';
import { type PlannedFile, plannedFile } from './plannedFile';
import { findInstance, type FoundInstance, versionOf } from './findInstance';
import { checkSubnets, grow, initName, makeEmptyGroup, type NewGroup, refuseTaken } from './newGroup';
import { makeImage } from './newImage';

/** One of two ways to make a first release: of a group's member, or of an instance that stands alone. */
interface Way {
  /** What is done after the settings are stored, a line each. */
  readonly lines: readonly string[];
  /** Everything before the deploy machine starts; safe to repeat. @returns the input's part about the image. */
  readonly prepare: () => Promise<object>;
  /** What follows when the release is made. */
  readonly after?: () => Promise<void>;
}

/** Tags the application's group and launch template. @throws RefusedEarly where that is not possible. */
const adoptFleet = async (session: Session, application: string, input: SettingsInput): Promise<void> => {
  const [fleet] = await adoptFleets(session, input);
  if (fleet?.unseen !== undefined)
    throw new RefusedEarly(
      `The fleet of ${application} could not be tagged: ${fleet.unseen}\nThe settings are written; run it again when that is repaired.`,
    );
};

/** The instance serves in a group: the deploy machine takes it out, makes the image and puts it back. */
const wayOfMember = (
  session: Session,
  application: string,
  version: string,
  { instance: { id }, lacks }: FoundInstance,
  { input }: PlannedFile,
): Way => ({
  lines: [
    ...lacks.map((lack) => `tag ${lack.what} ${lack.id} for ${application}, so that Forseti may change it`),
    `tag instance ${id} as running ${version}`,
    `take ${id} out of service, make an image of it${input.image?.reboot === false ? ' without a reboot' : ', with a reboot'}, and put it back`,
    `make a launch template version with that image, which group ${input.group} launches from afterwards`,
  ],
  prepare: async () => {
    await adoptFleet(session, application, { applications: { [application]: input } });
    const list = tagList({
      [tags.application]: application,
      [tags.version]: version,
      [tags.deployment]: initName(application),
    });
    await session.connect(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags: list }));
    return { imageFrom: 'running' };
  },
});

/** The instance is in no group: a launch template and a group are made after it, and it stays as it is. */
const wayOfNewGroup = (session: Session, asked: NewGroup, { terminal }: Context): Way => {
  const { application, instance, min, max, subnets, reboot } = asked;
  return {
    lines: [
      `make an image of ${instance} ${reboot ? 'WITH A REBOOT of it, so that it serves nobody meanwhile' : 'without a reboot'}`,
      `make launch template ${application} after the instance, and group ${application} of ${String(min)} to ${String(max)} instances in ${subnets.join(', ')}`,
      `make the first release, and launch ${String(min)} instances of it; ${instance} itself stays as it is, beside the group`,
    ],
    prepare: async () => {
      terminal.note(`Making the image of ${instance}; that takes some minutes.`);
      const image = await makeImage(session, asked);
      await makeEmptyGroup(session, asked, image);
      return { image };
    },
    after: async () => {
      if (await grow(session, asked))
        terminal.note(
          `Group ${application} launches ${String(min)} instances; see them with "forseti status ${application} --watch". ` +
            `When they serve, ${instance} can go: aws ec2 terminate-instances --instance-ids ${instance}`,
        );
    },
  };
};

const versionFor = (application: string, { instance }: FoundInstance, { release }: InitOptions): string => {
  const tagged = versionOf(instance);
  const version = release ?? tagged;
  if (version === undefined)
    throw new UsageError(
      `Nothing tells what ${instance.id} of ${application} runs. Give --release, for example --release v1.4.2.`,
    );
  if (tagged !== undefined && tagged !== version)
    throw new UsageError(
      `${instance.id} is tagged to run ${tagged}, not ${version}. Leave --release out, or take another instance.`,
    );
  return version;
};

/** The group that is to be made. @throws UsageError, RefusedEarly. */
const requestedGroup = async (
  session: Session,
  application: string,
  version: string,
  { instance: { id } }: FoundInstance,
  { input }: PlannedFile,
  { subnets = [], targetGroups = [], min, max, reboot, wait }: InitOptions,
): Promise<NewGroup> => {
  const asked = {
    application,
    version,
    instance: id,
    subnets,
    targetGroups,
    min,
    max: max ?? 2 * min,
    reboot: reboot && input.image?.reboot !== false,
  };
  if (asked.max < min) throw new UsageError(`--max ${String(asked.max)} is less than --min ${String(min)}.`);
  if (!wait) throw new UsageError('Where a group is made, --no-wait would leave it without instances.');
  await checkSubnets(session, asked);
  await refuseTaken(session, application);
  return asked;
};

/**
 * Tells that there is a release already. If an earlier run was broken off, its new group may still lack its instances, which
 * are launched now.
 */
const tellDone = async (
  session: Session,
  application: string,
  { instance, group, lastGood }: FoundInstance,
  { format, min }: InitOptions,
  { terminal }: Context,
): Promise<void> => {
  const own = group === undefined && lastGood?.group === application;
  const grown = own && (await grow(session, { application, min }));
  const message =
    `${application} has a good release already: ${lastGood?.version ?? ''} (${lastGood?.image ?? ''}). ` +
    (grown
      ? `Group ${application} launches ${String(min)} instances of it; ${instance.id} stays as it is.`
      : `Nothing to do; "forseti regenerate ${application}" makes a new image of what runs.`);
  terminal.out(format === 'json' ? JSON.stringify({ done: true, message }, null, 2) : message);
};

/** Tells what is going to be done, and asks whether to go on. */
const agreed = async (
  lines: readonly string[],
  { format, yes }: InitOptions,
  { terminal }: Context,
): Promise<boolean> => {
  if (format !== 'json')
    terminal.note(['Forseti is going to', ...lines.map((line) => `  - ${line}`)].join('\n'));
  if (yes === true || (await confirm(terminal, 'Go on?'))) return true;
  terminal.note('Nothing was done.');
  return false;
};

/**
 * Takes a fleet over as it runs, or makes one of an instance: settings, tags, and a first release.
 * @throws UsageError, RefusedEarly, InvalidSettings before anything is changed.
 */
export const init = async (
  session: Session,
  application: string,
  id: string,
  options: InitOptions,
  context: Context,
): Promise<void> => {
  const found = await findInstance(session, application, id);
  if (found.lastGood) {
    await tellDone(session, application, found, options, context);
    return;
  }
  const version = versionFor(application, found, options);
  const file = plannedFile(application, found.group?.name ?? application, options);
  const way = found.group
    ? wayOfMember(session, application, version, found, file)
    : wayOfNewGroup(
        session,
        await requestedGroup(session, application, version, found, file, options),
        context,
      );
  const first = [
    ...(file.written === undefined ? [] : [`write the settings of ${application} to ${file.path}`]),
    'send them to Parameter Store',
  ];
  if (!(await agreed([...first, ...way.lines], options, context))) return;
  if (file.written !== undefined) writeFileSync(file.path, file.written);
  await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, {
    applications: { [application]: file.input },
  });
  const executionArn = await startExecution(session, {
    stateMachineArn: session.names.machineArn,
    application,
    subject: version,
    input: {
      application,
      version,
      ...(await way.prepare()),
      reason: options.reason ?? `first release, of ${id}`,
      requestedBy: askedBy(session),
    },
  });
  const asked = { application, version, title: `${application} ${version}, the first release, of ${id}` };
  await followToEnd(session, executionArn, asked, options, context);
  if (context.exitCode === exitCodes.done) await way.after?.();
};
