import type { Command } from 'commander';
import type { Context } from '../session/context';
import { applicationArgument, type PlaceOptions, withPlace } from '../session/options';
import { defaultStage } from '../session/session';
import { withSession } from '../session/withSession';
import { styleOf } from '../terminal/style';

interface DashboardOptions extends PlaceOptions {
  readonly grafana?: boolean;
  readonly print?: boolean;
}

const show = (application: string, options: DashboardOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { terminal } = context;
    const { dashboardFacts } = await import('../queries/dashboardFacts');
    const facts = await dashboardFacts(session, options.stage ?? defaultStage, application);
    if (options.grafana === true) {
      const { grafanaDashboard } = await import('../../lib/reporting/grafanaDashboard');
      terminal.out(JSON.stringify(grafanaDashboard(facts), null, 2));
      return;
    }
    if (options.print === true) {
      const { cloudWatchDashboard } = await import('../../lib/reporting/cloudWatchDashboard');
      terminal.out(JSON.stringify(cloudWatchDashboard(facts), null, 2));
      return;
    }
    const { putDashboard } = await import('../actions/putDashboard');
    const answer = await putDashboard(session, facts);
    if (options.format === 'json') terminal.out(JSON.stringify(answer, null, 2));
    else if (options.format === 'plain')
      terminal.out([answer.dashboard, answer.change, answer.url].join('\t'));
    else {
      const { good, dim } = styleOf(terminal.colours);
      terminal.out(`${good('✔')} Dashboard ${answer.dashboard}: ${answer.change}.\n  ${dim(answer.url)}`);
    }
  });

export const addDashboard = (program: Command, context: Context): void => {
  withPlace(program.command('dashboard').argument(...applicationArgument))
    .description("make or update an application's CloudWatch dashboard, or print one for Grafana")
    .option('--grafana', 'print a dashboard to be imported into Grafana; nothing is changed')
    .option('--print', "print the CloudWatch dashboard's body; nothing is changed")
    .addHelpText(
      'after',
      `
Run it again to mark the latest ends of deployments on each graph; their bars need nobody to run anything.

Examples:
  forseti dashboard api
  forseti dashboard api --grafana > api.json`,
    )
    .action((application: string, options: DashboardOptions) => show(application, options, context));
};
