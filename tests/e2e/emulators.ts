import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, type Running, start, untilAnswers } from './processes';
import { virtualEnvironment } from './venv';

/** The account that both emulators answer for: MiniStack takes it from access key ids of twelve digits. */
export const account = '111122223333';

export interface Emulators {
  /** `http://127.0.0.1:PORT`; all services of an emulator are behind its one endpoint. */
  readonly endpoints: { readonly ministack: string; readonly moto: string };
  /** The interpreter of the environment in which both run; botocore, ansible-core and cfn-lint are there too. */
  readonly python: string;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** The project's root; everything that is written goes below its `.build`. */
  readonly folder: string;
  /**
   * MiniStack names itself by this port in what it hands out (queue URLs, function URLs), where something stands before
   * it; else by its own.
   */
  readonly gatewayPort?: number;
  /** A Python file to run instead of moto's own server; see tests/e2e/moto_server.py. */
  readonly motoServer?: string;
  /**
   * On top of MiniStack's own environment, which it hands to the Lambda functions that it runs. `AUTH: 'true'` makes it
   * check signatures, roles and resource policies.
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Ours without anything of AWS's; functions run by the Node that runs us. */
const plainEnvironment = (): NodeJS.ProcessEnv => ({
  HOME: process.env.HOME,
  LANG: 'C.UTF-8',
  PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  PYTHONUNBUFFERED: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

interface Place {
  readonly python: string;
  /** Logs, and what the emulators put down; gone when they stop. */
  readonly scratch: string;
  readonly logs: string;
}

/** Between finding a port and taking it somebody else can take it. */
const withPort = async (begin: (port: number) => { server: Running; health: string }): Promise<Running> => {
  for (let left = 3; ; left -= 1) {
    const { server, health } = begin(await freePort());
    try {
      await untilAnswers(server, health);
      return server;
    } catch (error) {
      await server.stop();
      if (left === 1 || !/in use/i.test(String(error))) throw error;
    }
  }
};

const startMoto = async ({ python, scratch, logs }: Place, { motoServer }: EmulatorOptions) => {
  let endpoint = '';
  const server = await withPort((port) => {
    endpoint = `http://127.0.0.1:${String(port)}`;
    const environment = {
      ...plainEnvironment(),
      MOTO_ACCOUNT_ID: account,
      // Hundreds of Amazon's images that nobody here starts.
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'test',
      TMPDIR: scratch,
    };
    const program = motoServer === undefined ? ['-m', 'moto.server'] : [motoServer];
    return {
      server: start('moto', [python, ...program, '-H', '127.0.0.1', '-p', String(port)], {
        cwd: scratch,
        log: join(logs, 'moto.log'),
        environment,
      }),
      health: `${endpoint}/moto-api/`,
    };
  });
  return { endpoint, server };
};

const startMiniStack = async (
  { python, scratch, logs }: Place,
  { gatewayPort, environment: given = {} }: EmulatorOptions,
) => {
  let endpoint = '';
  const server = await withPort((port) => {
    const address = `127.0.0.1:${String(port)}`;
    endpoint = `http://${address}`;
    const environment = {
      ...plainEnvironment(),
      GATEWAY_PORT: String(gatewayPort ?? port),
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: account,
      STATE_DIR: join(scratch, 'state'),
      S3_DATA_DIR: join(scratch, 's3'),
      TMPDIR: scratch,
      LOG_LEVEL: 'WARNING',
      // Servers of their own on fixed ports.
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      ...given,
    };
    // By its server rather than by its command, which listens on the very port that it names itself by.
    const options = ['--bind', address, '--log-level', 'WARNING', '--keep-alive', '75'];
    const log = join(logs, 'ministack.log');
    return {
      server: start('MiniStack', [python, '-m', 'hypercorn', 'ministack.app:app', ...options], {
        cwd: scratch,
        log,
        environment,
      }),
      health: `${endpoint}/_ministack/health`,
    };
  });
  return { endpoint, server };
};

/**
 * Starts MiniStack and moto on free ports of the loopback interface, in a virtual environment that is made where
 * `tests/e2e/requirements.txt` has changed (`.build/e2e-venv`, about a minute). Their logs lie in `.build/e2e/`.
 *
 * @throws Error with the end of its log, when one does not answer within a minute.
 */
export const startEmulators = async (options: EmulatorOptions): Promise<Emulators> => {
  const { folder } = options;
  const build = join(folder, '.build');
  const logs = join(build, 'e2e');
  mkdirSync(logs, { recursive: true });
  const python = await virtualEnvironment(
    join(build, 'e2e-venv'),
    join(folder, 'tests', 'e2e', 'requirements.txt'),
  );
  const scratch = mkdtempSync(join(logs, 'run-'));
  // MiniStack puts its Node workers, which are CommonJS, below it: ours, an ES module's, must not be the next one above.
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  const place = { python, scratch, logs };
  const started: Running[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const moto = await startMoto(place, options);
    started.push(moto.server);
    const ministack = await startMiniStack(place, options);
    started.push(ministack.server);
    return { endpoints: { ministack: ministack.endpoint, moto: moto.endpoint }, python, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
