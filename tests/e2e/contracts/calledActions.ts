import type { ServiceName } from '@forseti/embedded-cloud/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** IAM's prefix for the SDK package `@aws-sdk/client-...`. */
const services: Readonly<Record<string, ServiceName>> = {
  'auto-scaling': 'autoscaling',
  cloudformation: 'cloudformation',
  cloudtrail: 'cloudtrail',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  ec2: 'ec2',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  eventbridge: 'events',
  lambda: 'lambda',
  s3: 's3',
  'service-quotas': 'servicequotas',
  sfn: 'states',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
};

/** `import { a, b } from`, and `const { a, b } = await import(`. */
const imports = [
  /import\s+\{([^}]*)\}\s+from\s+'@aws-sdk\/client-([\w-]+)'/g,
  /const\s+\{([^}]*)\}\s+=\s+await\s+import\('@aws-sdk\/client-([\w-]+)'\)/g,
];

const actionIn = (name: string): string[] => {
  const [, command, paginated] = /^(?:(\w+)Command|paginate(\w+))$/.exec(name) ?? [];
  return [command ?? paginated ?? ''].filter((action) => action !== '');
};

const serviceOf = (client: string): ServiceName => {
  const service = services[client];
  if (service) return service;
  throw new Error(
    `@aws-sdk/client-${client} is new here: name its service, and write contracts for what is called of it.`,
  );
};

const actionsIn = (source: string): string[] =>
  imports.flatMap((pattern) =>
    [...source.matchAll(pattern)].flatMap(([, names = '', client = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .flatMap(actionIn)
        .map((action) => `${serviceOf(client)}:${action}`),
    ),
  );

const filesBelow = (folder: string, extension: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name));

/** States that are tasks of Lambda's own kind make a call too. */
const machinesCall = (root: string): string[] =>
  filesBelow(join(root, 'statemachines'), '.yml').some((file) =>
    readFileSync(file, 'utf8').includes('arn:aws:states:::lambda:invoke'),
  )
    ? ['lambda:Invoke']
    : [];

/** Where calls are made. */
const callers = (root: string): readonly string[] =>
  ['lib', 'functions', 'cli', 'packages/messaging/src']
    .flatMap((folder) => filesBelow(join(root, folder), '.ts'))
    .map((file) => readFileSync(file, 'utf8'));

/** Every action that lib, messaging, functions, the command and the machines call, sorted: `ec2:RunInstances`. */
export const calledActions = (root: string): readonly string[] =>
  [...new Set([...callers(root).flatMap(actionsIn), ...machinesCall(root)])].sort();

/** The same actions by the SDK's package (`ec2` of `@aws-sdk/client-ec2`), and the sources that call them. */
export const calledByClient = (
  root: string,
): { readonly actions: ReadonlyMap<string, readonly string[]>; readonly sources: string } => {
  const called = calledActions(root).map((action) => action.split(':'));
  const actions = new Map(
    Object.entries(services).map(([client, service]) => [
      client,
      called.flatMap(([of, action = '']) => (of === service ? [action] : [])),
    ]),
  );
  return { actions, sources: callers(root).join('\n') };
};
