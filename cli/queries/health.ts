import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthFacts } from '../../lib/health/facts';
import { type Defined, healthFacts as gather } from '../../lib/health/gather';
import type { Session } from '../session/session';

/** What `serverless.yml` makes: the stack that is there is held against it. */
export const definedFunctions = (root: string): Defined[] =>
  [
    ...readFileSync(join(root, 'serverless.yml'), 'utf8').matchAll(
      /\$\{file\((functions\/\w+\/(\w+)\.yml)\)\}/g,
    ),
  ].map(([, file = '', name = '']) => ({
    name,
    reserves: /^reservedConcurrency:/m.test(readFileSync(join(root, file), 'utf8')),
  }));

const versionOf = (root: string): string =>
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version;

/** As the person sees it who types the command, by what this version of Forseti should make. */
export const healthFacts = (session: Session, root: string, stage: string): Promise<HealthFacts> =>
  gather({
    region: session.region,
    stage,
    names: session.names,
    version: versionOf(root),
    defined: definedFunctions(root),
    connect: (Class) => session.connect(Class),
    now: () => session.now(),
  });
