import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthFacts } from '../../lib/health/facts';
import { healthFacts } from '../../lib/health/gather';
import type { Defined } from '../../lib/health/source';
import type { Session } from '../session/session';

/** What a checkout's serverless.yml defines. */
const inCheckout = (root: string): Defined[] =>
  [
    ...readFileSync(join(root, 'serverless.yml'), 'utf8').matchAll(
      /\$\{file\((functions\/\w+\/(\w+)\.yml)\)\}/g,
    ),
  ].map(([, file = '', name = '']) => ({
    name,
    reserves: /^reservedConcurrency:/m.test(readFileSync(join(root, file), 'utf8')),
  }));

/** What the template of an installed package defines. */
const inPackage = (root: string): Defined[] => {
  const text = readFileSync(join(root, 'dist', 'stack', 'template.json'), 'utf8');
  const { Resources: resources } = JSON.parse(text) as {
    readonly Resources: Readonly<
      Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
    >;
  };
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Properties: properties = {} }]) => ({
      name: id.replace(/LambdaFunction$/, ''),
      reserves: 'ReservedConcurrentExecutions' in properties,
    }));
};

/** The functions that this version defines, to compare the deployed stack with. A package brings no serverless.yml. */
export const definedFunctions = (root: string): Defined[] =>
  existsSync(join(root, 'serverless.yml')) ? inCheckout(root) : inPackage(root);

const versionOf = (root: string): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version;

/** The stack's health as the person's own permissions show it, compared with what this version of Forseti defines. */
export const readHealth = (session: Session, root: string, stage: string): Promise<HealthFacts> =>
  healthFacts({
    region: session.region,
    stage,
    names: session.names,
    version: versionOf(root),
    defined: definedFunctions(root),
    connect: (Class, region = session.region) => session.connectIn(region, Class),
    now: () => session.now(),
  });
