import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { type Contract, contractsOf, differs } from './contract';

const Client = CloudWatchClient;

const alarm = (AlarmName: string) =>
  ({
    AlarmName,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    Tags: [{ Key: 'acme:application', Value: 'api' }],
  }) as const;

const contract = contractsOf('cloudwatch');

export const cloudwatch: readonly Contract[] = [
  contract('keeps a dashboard as it was put', async (world) => {
    const DashboardName = world.name('contract');
    const widget = { type: 'text', x: 0, y: 0, width: 6, height: 3, properties: { markdown: 'api' } };
    const DashboardBody = JSON.stringify({ widgets: [widget] });
    await world.see(Client, new PutDashboardCommand({ DashboardName, DashboardBody }), {});
    await world.see(Client, new GetDashboardCommand({ DashboardName }), {
      DashboardName,
      DashboardBody: (body: string) => JSON.stringify(JSON.parse(body)) === DashboardBody,
    });
    await world.refused(Client, new GetDashboardCommand({ DashboardName: 'no-such-dashboard' }), {
      error: 'ResourceNotFound',
    });
  }),
  contract('describes an alarm as it was put, and none where none is', async (world) => {
    const { Tags, ...configured } = alarm(world.name('contract'));
    await world.see(Client, new PutMetricAlarmCommand({ ...configured, Tags: [...Tags] }), {});
    const ask = { AlarmNames: [configured.AlarmName, 'no-such-alarm'] };
    await world.see(Client, new DescribeAlarmsCommand(ask), {
      MetricAlarms: [{ ...configured, ActionsEnabled: true, AlarmArn: /:alarm:contract-/ }],
    });
  }),
  contract("keeps an alarm's tags", async (world) => {
    const { Tags, ...configured } = alarm(world.name('contract'));
    await world.send(Client, new PutMetricAlarmCommand({ ...configured, Tags: [...Tags] }));
    const ask = new DescribeAlarmsCommand({ AlarmNames: [configured.AlarmName] });
    const { MetricAlarms } = await world.send(Client, ask);
    const ResourceARN = MetricAlarms?.[0]?.AlarmArn;
    await world.see(Client, new ListTagsForResourceCommand({ ResourceARN }), { Tags });
  }),
  contract("sets an alarm's state by hand, and no other's", async (world) => {
    const { Tags, ...configured } = alarm(world.name('contract'));
    await world.send(Client, new PutMetricAlarmCommand({ ...configured, Tags: [...Tags] }));
    const state = { AlarmName: configured.AlarmName, StateValue: 'ALARM', StateReason: 'a drill' } as const;
    await world.see(Client, new SetAlarmStateCommand(state), {});
    await world.see(Client, new DescribeAlarmsCommand({ AlarmNames: [configured.AlarmName] }), {
      MetricAlarms: [{ StateValue: 'ALARM', StateReason: 'a drill' }],
    });
    await world.refused(Client, new SetAlarmStateCommand({ ...state, AlarmName: 'no-such-alarm' }), {
      error: 'ResourceNotFound',
    });
  }),
  contract('finds alarms by the beginning of their names', async (world) => {
    const name = world.name('prefixed');
    for (const AlarmName of [`${name}-b`, `${name}-a`]) {
      const { Tags, ...configured } = alarm(AlarmName);
      await world.send(Client, new PutMetricAlarmCommand({ ...configured, Tags: [...Tags] }));
    }
    await world.see(Client, new DescribeAlarmsCommand({ AlarmNamePrefix: `${name}-` }), {
      MetricAlarms: (alarms: { AlarmName: string }[]) =>
        alarms
          .map(({ AlarmName }) => AlarmName)
          .sort()
          .join() === `${name}-a,${name}-b`,
    });
  }),
  contract('names composite alarms only where they are asked for', async (world) => {
    const { Tags, ...told } = alarm(world.name('contract'));
    await world.send(Client, new PutMetricAlarmCommand({ ...told, Tags: [...Tags] }));
    const composite = { AlarmName: world.name('composite'), AlarmRule: `ALARM("${told.AlarmName}")` };
    await world.see(Client, new PutCompositeAlarmCommand(composite), {});
    const AlarmNames = [composite.AlarmName];
    await world.see(Client, new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['CompositeAlarm'] }), {
      CompositeAlarms: [composite],
    });
    await world.see(Client, new DescribeAlarmsCommand({ AlarmNames: [told.AlarmName] }), {
      MetricAlarms: [{ AlarmName: told.AlarmName }],
      CompositeAlarms: (alarms: unknown[] | undefined) => (alarms ?? []).length === 0,
    });
  }),
  contract(
    'does not delete an alarm that a composite alarm depends on',
    async (world) => {
      const { Tags, ...told } = alarm(world.name('contract'));
      await world.send(Client, new PutMetricAlarmCommand({ ...told, Tags: [...Tags] }));
      const composite = { AlarmName: world.name('composite'), AlarmRule: `ALARM("${told.AlarmName}")` };
      await world.send(Client, new PutCompositeAlarmCommand(composite));
      await world.refused(Client, new DeleteAlarmsCommand({ AlarmNames: [told.AlarmName] }), {
        error: 'ValidationException',
      });
    },
    differs(
      'moto',
      'DeleteAlarms',
      'deletes it',
      'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html',
    ),
  ),
  contract('deletes an alarm', async (world) => {
    const { Tags, ...configured } = alarm(world.name('contract'));
    await world.send(Client, new PutMetricAlarmCommand({ ...configured, Tags: [...Tags] }));
    await world.see(Client, new DeleteAlarmsCommand({ AlarmNames: [configured.AlarmName] }), {});
    await world.see(Client, new DescribeAlarmsCommand({ AlarmNames: [configured.AlarmName] }), {
      MetricAlarms: [],
    });
  }),
];
