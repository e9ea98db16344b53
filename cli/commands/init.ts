import { type Command, InvalidArgumentError } from 'commander';
import { checkVersion } from '../../lib/application/version';
import type { Context } from '../session/context';
import { applicationArgument, reasonArgument, waitOptions, withPlace } from '../session/options';
import type { InitOptions } from '../init/options';
import { withSession } from '../session/withSession';

const instanceArgument = (text: string): string => {
  if (!/^i-[0-9a-f]{8,17}$/.test(text))
    throw new InvalidArgumentError('Expected the id of an instance, such as i-0123456789abcdef0.');
  return text;
};

const releaseArgument = (text: string): string => {
  const wrong = checkVersion(text);
  if (wrong !== undefined) throw new InvalidArgumentError(`The ${wrong}.`);
  return text;
};

const listArgument = (text: string): string[] => {
  const list = text.split(',').map((one) => one.trim());
  if (list.some((one) => one === '')) throw new InvalidArgumentError('Expected ids, apart by commas.');
  return list;
};

const countArgument = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 9999.');
  return Number(text);
};

const help = `
It writes the settings, sends them to Parameter Store, tags the group, its launch template and the instance, and has the
deploy machine make an image of the instance, which is taken out of service meanwhile. Nothing is provisioned; what is
launched from then on comes from the image. Of an instance that is in no group it makes an image, a launch template and a group
of the application's name, and launches the first instances. Run again, it goes on where it stopped.

Examples:
  forseti init api i-0123456789abcdef0 --release v1.4.2 --source s3://acme-provisioning/api.tar.gz
  forseti init api i-0123456789abcdef0 --release v1.4.2 --source https://github.com/acme/playbooks --no-reboot --yes
  forseti init shop i-0123456789abcdef0 --release v3 --source s3://acme-provisioning/shop.tar.gz --subnets subnet-0a1b,subnet-0c2d

Exit codes: 0 done, or done before; 2 bad usage, 3 refused, 4 the image failed and the fleet is as it was, 5 dirty, 6 a deployment is in progress.`;

export const addInit = (program: Command, context: Context): void => {
  const command = program
    .command('init')
    .argument(...applicationArgument)
    .argument('<instance>', 'a running instance, of its group or of none', instanceArgument)
    .description(
      'take over a fleet as it runs: write its settings, and make the first release of an instance',
    )
    .option(
      '--release <version>',
      'what the instance runs; its tag forseti:version unless set',
      releaseArgument,
    )
    .option(
      '--source <url>',
      'where the playbook is: s3://BUCKET/KEY, or the https:// or ssh:// address of a repository',
    )
    .option('--playbook <path>', 'path of the playbook inside the source (default: site.yml)')
    .option('--file <path>', 'settings file that is written, or added to', 'forseti.yml')
    .option('--no-reboot', 'images are made without a reboot: only crash-consistent')
    .option(
      '--subnets <ids>',
      'where a group is made: its subnets, apart by commas, of two zones or more',
      listArgument,
    )
    .option(
      '--target-groups <arns>',
      'where a group is made: its target groups, apart by commas',
      listArgument,
    )
    .option('--min <number>', 'where a group is made: its least instances', countArgument, 2)
    .option(
      '--max <number>',
      'where a group is made: its most instances (default: twice as many)',
      countArgument,
    )
    .option('--reason <text>', 'why, for the record', reasonArgument)
    .option('--yes', 'do not ask before anything is done');
  waitOptions(withPlace(command))
    .addHelpText('after', help)
    .action((application: string, instance: string, options: InitOptions) =>
      withSession(options, context, async (session) => {
        const { init } = await import('../init/init');
        await init(session, application, instance, options, context);
      }),
    );
};
