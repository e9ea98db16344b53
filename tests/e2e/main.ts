/** `npm run e2e`: the compiled stack on emulators by others, used from outside. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checks } from './checks';
import { deployStack, makeDocuments, packageStack } from './deploy';
import { type Emulators, startEmulators } from './emulators';
import { casesOf } from './machines/cases';
import { runLocally } from './machines/local';
import { mocksOf } from './machines/mocks';
import { playedOn } from './played';
import type { Call } from './proxy/call';
import { routeOf } from './proxy/routes';
import { type Directions, type Proxy, startProxy } from './proxy/server';
import { makeRegionsTable, replicateTo } from './regionsTable';
import { tell } from './report';
import { type Caller, callersOf, refusalFor } from './roles';
import { scenarios } from './scenarios';
import { environmentOf, makeWorld, type Quota, regions, type World } from './world';

/** Deploys the stack to both regions. */
const raise = async (
  root: string,
  scratch: string,
  proxy: Proxy,
  starting: Promise<Emulators>,
  machines: World['machines'],
  full: boolean,
): Promise<World> => {
  // Packaging needs no cloud, so it runs while the emulators start.
  const [{ folder, template }, { endpoints, python }] = await Promise.all([
    packageStack(root, scratch, environmentOf(proxy.endpoint)),
    starting,
  ]);
  const quota: Quota = new Map();
  const callers = new Map<string, Caller>();
  const directions: Directions = {
    endpoints,
    routeOf,
    played: playedOn(endpoints, quota),
    refusalOf: () => undefined,
    afterwards: async () => undefined,
  };
  proxy.direct(directions);
  const learnCallers = async (regionNames: readonly string[]): Promise<void> => {
    for (const [key, caller] of await callersOf(world, regionNames)) callers.set(key, caller);
  };
  const world = makeWorld({
    root,
    scratch,
    python,
    proxy,
    template,
    machines,
    quota,
    learnCallers,
    full,
  });
  await Promise.all(Object.values(regions).map((region) => deployStack(world, folder, region)));
  await Promise.all([makeDocuments(world, regions.home), makeRegionsTable(world)]);
  await world.learnCallers(Object.values(regions));
  const isChecked = (call: Call): boolean =>
    routeOf(call) === 'moto' || `${call.service}:${call.action}` in directions.played;
  proxy.direct({
    ...directions,
    refusalOf: refusalFor(callers, isChecked),
    afterwards: replicateTo(endpoints.ministack),
  });
  return world;
};

const runAll = async (
  root: string,
  scratch: string,
  proxy: Proxy,
  starting: Promise<Emulators>,
  machines: World['machines'],
  only: readonly string[],
  full: boolean,
) => {
  const checks = new Checks();
  console.log('The stack, in two regions');
  const world = await checks.check('serverless package and serverless deploy bring it to MiniStack', () =>
    raise(root, scratch, proxy, starting, machines, full),
  );
  if (world)
    for (const { title, run } of scenarios.filter(({ name }) => only.length === 0 || only.includes(name))) {
      console.log(`\n${title}`);
      await checks.around(title, () => run(world, checks));
    }
  return checks;
};

/**
 * @param parameters names of scenarios; without any, all run. `--full`: all account kinds.
 * @returns the exit code: 0 if all checks pass, 1 if one fails, 2 for an unknown scenario, 130 if interrupted.
 */
export const main = async (root: string, parameters: readonly string[]): Promise<number> => {
  const full = parameters.includes('--full');
  const only = parameters.filter((one) => one !== '--full');
  const unknown = only.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no scenario ${unknown.join(', ')}; there are ${scenarios.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const startedAt = performance.now();
  const build = join(root, '.build', 'e2e');
  mkdirSync(build, { recursive: true });
  const scratch = mkdtempSync(join(build, 'world-'));
  // This runs before anything opens a socket: the embedded cloud takes an open socket for a function's, and refuses
  // it.
  const cases = casesOf(root);
  const local = await runLocally(root, cases);
  const proxy = await startProxy();
  const mocks = join(scratch, 'mocks.json');
  writeFileSync(mocks, JSON.stringify(mocksOf(root, cases)));
  const starting = startEmulators({
    folder: root,
    gatewayPort: proxy.port,
    motoServer: join(root, 'tests', 'e2e', 'moto_server.py'),
    environment: {
      AUTH: 'true',
      AWS_ENDPOINT_URL: proxy.endpoint,
      SFN_MOCK_CONFIG: mocks,
      // Back-offs of retries, and the waits of Mend, take no time.
      SFN_WAIT_SCALE: '0',
    },
  });
  starting.catch(() => undefined);
  const stop = async (): Promise<void> => {
    const emulators = await starting.catch(() => undefined);
    await emulators?.stop();
    await proxy.stop();
    rmSync(scratch, { recursive: true, force: true });
  };
  const interrupted = (): void => {
    console.error('\nInterrupted: stopping what was started.');
    void stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const checks = await runAll(root, scratch, proxy, starting, { cases, local }, only, full);
    writeFileSync(join(build, 'calls.json'), `${JSON.stringify(proxy.record.lines(), null, 2)}\n`);
    tell(checks, proxy.record, (performance.now() - startedAt) / 1000);
    return checks.failed.length === 0 ? 0 : 1;
  } finally {
    process.removeListener('SIGINT', interrupted);
    process.removeListener('SIGTERM', interrupted);
    await stop();
  }
};
