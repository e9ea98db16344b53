import { existsSync, writeFileSync } from 'node:fs';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type ApplicationInput, parseSettingsFile, type SettingsInput } from '../../lib/application/parse';
import { storeSettings } from '../../lib/application/store';
import { tagList, tags } from '../../lib/fleet/tags';
import { executionName } from '../../lib/intake/names';
import { askedBy } from '../ask';
import type { InitOptions } from '../commands/init';
import { confirm } from '../confirm';
import { startExecution } from '../executions';
import { RefusedEarly, UsageError } from '../exitCodes';
import { adoptFleets } from '../fleets';
import { followToEnd } from '../followToEnd';
import type { Context } from '../main';
import { readText } from '../readText';
import type { Session } from '../session';
import { type Found, look, versionOf } from './look';
import { withApplication } from './settingsFile';

/** The settings file as it is, and as it is going to be. */
interface File {
  readonly path: string;
  /** Absent where the application stands in it already. */
  readonly written?: string;
  readonly input: ApplicationInput;
}

const sourceOf = (source: string): ApplicationInput['provisioning']['source'] =>
  source.startsWith('s3://') ? { s3: source } : { git: source };

/** What is written for an application that has no settings yet. @throws UsageError */
const newSettings = (
  application: string,
  group: string,
  { source, playbook, reboot }: InitOptions,
): ApplicationInput => {
  if (source === undefined)
    throw new UsageError(
      `${application} has no settings yet, and nothing tells where its playbook is. Give --source s3://BUCKET/KEY, or the address of a repository.`,
    );
  return {
    group,
    provisioning: { source: sourceOf(source), ...(playbook !== undefined && { playbook }) },
    ...(!reboot && { image: { reboot: false } }),
  };
};

/** Options that a file which holds the application already leaves nothing to say. */
const refuseOthers = (
  path: string,
  application: string,
  options: InitOptions,
  input: ApplicationInput,
): void => {
  const ignored = [
    ...(options.source === undefined ? [] : ['--source']),
    ...(options.playbook === undefined ? [] : ['--playbook']),
    ...(options.reboot || input.image?.reboot === false ? [] : ['--no-reboot']),
  ];
  if (ignored.length > 0)
    throw new UsageError(
      `${path} holds settings of ${application} already; ${ignored.join(', ')} would change nothing. Change the file, or leave it out.`,
    );
};

/** @throws UsageError, InvalidSettings with all that is wrong with the file as it is, or as it would be. */
export const fileFor = (application: string, group: string, options: InitOptions): File => {
  const path = options.file;
  const text = existsSync(path) ? readText(path) : undefined;
  const known =
    text === undefined || text.trim() === ''
      ? undefined
      : parseSettingsFile(text, path).input.applications[application];
  if (known) {
    if (known.group !== group)
      throw new UsageError(
        `${path} gives ${application} the group ${known.group}, the instance is in ${group}. Make them the same.`,
      );
    refuseOthers(path, application, options, known);
    return { path, input: known };
  }
  const written = withApplication(text, application, newSettings(application, group, options));
  const input =
    written === undefined ? undefined : parseSettingsFile(written, path).input.applications[application];
  if (written === undefined || !input)
    throw new UsageError(
      `${application} cannot be added to ${path}: its applications stand in braces. Write them a line each, or add it by hand.`,
    );
  return { path, input, written };
};

/** What is going to be done, a line each. */
const planLines = (
  application: string,
  version: string,
  file: File,
  { instance, group, lacks }: Found,
): string[] => [
  ...(file.written === undefined ? [] : [`write the settings of ${application} to ${file.path}`]),
  `send them to Parameter Store`,
  ...lacks.map(({ what, id }) => `tag ${what} ${id} for ${application}, so that Forseti may change it`),
  `tag instance ${instance.id} as running ${version}`,
  `take ${instance.id} out of service, make an image of it${file.input.image?.reboot === false ? ' without a reboot' : ', with a reboot'}, and put it back`,
  `make a launch template version with that image, which group ${group.name} launches from afterwards`,
];

const tagInstance = async (
  session: Session,
  application: string,
  version: string,
  id: string,
): Promise<void> => {
  await session.connect(EC2Client).send(
    new CreateTagsCommand({
      Resources: [id],
      Tags: tagList({
        [tags.application]: application,
        [tags.version]: version,
        [tags.deployment]: `${application}-init`,
      }),
    }),
  );
};

/** Everything before the image; each is safe to do again. */
const prepare = async (
  session: Session,
  application: string,
  version: string,
  file: File,
  { instance }: Found,
): Promise<void> => {
  if (file.written !== undefined) writeFileSync(file.path, file.written);
  const input: SettingsInput = { applications: { [application]: file.input } };
  await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, input);
  const [adopted] = await adoptFleets(session, input);
  if (adopted?.unseen !== undefined)
    throw new RefusedEarly(
      `The fleet of ${application} could not be tagged: ${adopted.unseen}\nThe settings are written; run it again when that is mended.`,
    );
  await tagInstance(session, application, version, instance.id);
};

const versionFor = (application: string, { instance }: Found, { release }: InitOptions): string => {
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

/**
 * Takes a fleet over as it runs: settings, tags, and a first release made of one of its instances.
 * @throws UsageError, RefusedEarly, InvalidSettings; nothing was touched then.
 */
export const init = async (
  session: Session,
  application: string,
  id: string,
  options: InitOptions,
  context: Context,
): Promise<void> => {
  const { terminal } = context;
  const found = await look(session, application, id);
  const { lastGood } = found;
  if (lastGood) {
    const message = `${application} has a good release already: ${lastGood.version} (${lastGood.image}). Nothing to do; "forseti regenerate ${application}" makes a new image of what runs.`;
    terminal.out(options.format === 'json' ? JSON.stringify({ done: true, message }, null, 2) : message);
    return;
  }
  const version = versionFor(application, found, options);
  const file = fileFor(application, found.group.name, options);
  if (options.format !== 'json')
    terminal.note(
      [
        'Forseti is going to',
        ...planLines(application, version, file, found).map((line) => `  - ${line}`),
      ].join('\n'),
    );
  if (options.yes !== true && !(await confirm(terminal, 'Go on?'))) {
    terminal.note('Nothing was done.');
    return;
  }
  await prepare(session, application, version, file, found);
  const executionArn = await startExecution(session, {
    stateMachineArn: session.names.machineArn,
    name: executionName(application, version, session.newId()),
    input: {
      application,
      version,
      imageFrom: 'running',
      reason: options.reason ?? `first release, of ${id}`,
      requestedBy: askedBy(session),
    },
  });
  const asked = { application, version, title: `${application} ${version}, the first release, of ${id}` };
  await followToEnd(session, executionArn, asked, options, context);
};
