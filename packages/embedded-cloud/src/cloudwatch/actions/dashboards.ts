/** Dashboards, with checks of their body's structure (API reference, "Dashboard body structure and syntax"). */
import type {
  DashboardValidationMessage,
  DeleteDashboardsCommandInput,
  DeleteDashboardsCommandOutput,
  GetDashboardCommandInput,
  GetDashboardCommandOutput,
  PutDashboardCommandInput,
  PutDashboardCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { stateOf } from '../alarms';
import type { Answer } from '../answer';

type Json = Readonly<Record<string, unknown>>;
const most = { widgets: 500, alarms: 100, columns: 24, rows: 1_000 };
const types = ['metric', 'text', 'log', 'alarm', 'explorer', 'custom'];

/** Dashboards are global: their ARNs name no region. */
const arnOf = ({ account }: Region, name = ''): string => `arn:aws:cloudwatch::${account}:dashboard/${name}`;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSize = (value: unknown, least: number, largest: number): boolean =>
  value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= largest);

const metricProblems = ({ metrics, annotations, region }: Json): string[] => [
  ...(typeof region === 'string' ? [] : ['Should have required property region']),
  ...(metrics === undefined && annotations === undefined ? ['Should have metrics or annotations'] : []),
  ...(metrics === undefined || (Array.isArray(metrics) && metrics.every((line) => Array.isArray(line)))
    ? []
    : ['Should be an array of arrays']),
];

const widgetProblems = (widget: unknown): string[] => {
  if (!isObject(widget)) return ['Should be an object'];
  const { type, properties, x, y, width, height } = widget;
  if (typeof type !== 'string' || !types.includes(type)) return ['Should be one of the widget types'];
  if (!isObject(properties)) return ['Should have required property properties'];
  return [
    ...(isSize(x, 0, most.columns - 1) && isSize(width, 1, most.columns) ? [] : ['Invalid x or width']),
    ...(isSize(y, 0, Infinity) && isSize(height, 1, most.rows) ? [] : ['Invalid y or height']),
    ...((x === undefined) === (y === undefined) ? [] : ['x and y must be given together']),
    ...(type === 'metric' ? metricProblems(properties) : []),
    ...(type === 'alarm' && !(Array.isArray(properties.alarms) && properties.alarms.length <= most.alarms)
      ? ['Should have 1 to 100 alarms']
      : []),
  ];
};

const problemsOf = (body: string): DashboardValidationMessage[] => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [{ DataPath: '/', Message: 'The field DashboardBody must be a valid JSON object' }];
  }
  if (!isObject(value) || !Array.isArray(value.widgets))
    return [{ DataPath: '/', Message: 'Should have required property widgets' }];
  const widgets = value.widgets as readonly unknown[];
  if (widgets.length > most.widgets)
    return [{ DataPath: '/widgets', Message: `Should NOT have more than ${String(most.widgets)} items` }];
  return widgets.flatMap((widget, index) =>
    widgetProblems(widget).map((Message) => ({ DataPath: `/widgets/${String(index)}`, Message })),
  );
};

export const putDashboard: Action<PutDashboardCommandInput, Answer<PutDashboardCommandOutput>> = {
  requires: (input, region) => [
    { action: 'cloudwatch:PutDashboard', resource: arnOf(region, input.DashboardName) },
  ],
  run: ({ DashboardName: name = '', DashboardBody: body = '' }, region) => {
    const refuse = (message: string) => new AwsError('InvalidParameterInput', message);
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
      throw refuse(`The value ${name} for field DashboardName contains invalid characters.`);
    const problems = problemsOf(body);
    if (problems.length > 0)
      throw refuse(
        `The dashboard body is invalid, there are ${String(problems.length)} validation errors: ${JSON.stringify(problems)}`,
      );
    const state = stateOf(region);
    state.dashboards = { ...state.dashboards, [name]: { body, changedAt: region.now() } };
    return { DashboardValidationMessages: [] } satisfies Answer<PutDashboardCommandOutput>;
  },
};

const missing = (name: string) =>
  new AwsError('ResourceNotFound', `Dashboard ${name} does not exist`, { statusCode: 404 });

export const getDashboard: Action<GetDashboardCommandInput, Answer<GetDashboardCommandOutput>> = {
  requires: (input, region) => [
    { action: 'cloudwatch:GetDashboard', resource: arnOf(region, input.DashboardName) },
  ],
  run: ({ DashboardName: name = '' }, region) => {
    const found = stateOf(region).dashboards?.[name];
    if (!found) throw missing(name);
    return {
      DashboardName: name,
      DashboardArn: arnOf(region, name),
      DashboardBody: found.body,
    } satisfies Answer<GetDashboardCommandOutput>;
  },
};

/** If one of the dashboards does not exist, none is deleted. */
export const deleteDashboards: Action<DeleteDashboardsCommandInput, Answer<DeleteDashboardsCommandOutput>> = {
  requires: ({ DashboardNames: names = [] }, region) =>
    names.map((name) => ({ action: 'cloudwatch:DeleteDashboards', resource: arnOf(region, name) })),
  run: ({ DashboardNames: names = [] }, region) => {
    const state = stateOf(region);
    for (const name of names) if (!state.dashboards?.[name]) throw missing(name);
    state.dashboards = Object.fromEntries(
      Object.entries(state.dashboards ?? {}).filter(([name]) => !names.includes(name)),
    );
    return {} satisfies Answer<DeleteDashboardsCommandOutput>;
  },
};
