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
  /** The project's root. All files are written below its `.build`. */
  readonly folder: string;
  /**
   * The port in the URLs that MiniStack returns (queue URLs, function URLs), if a proxy is in front of it. Without it,
   * MiniStack's own port.
   */
  readonly gatewayPort?: number;
  /** A Python file to run instead of moto's own server; see tests/e2e/moto_server.py. */
  readonly motoServer?: string;
  /**
   * Added to MiniStack's own environment, which its Lambda functions inherit. `AUTH: 'true'` makes it check
   * signatures, roles and resource policies.
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** This process's environment without AWS variables. Functions run with the Node of this process. */
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
  /** Logs and files that the emulators write. It is deleted when they stop. */
  readonly scratch: string;
  readonly logs: string;
}

/** Another process can take the port between finding and binding it, so a failed start is repeated. */
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
      // Amazon's hundreds of images are not needed here.
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
      // Servers on fixed ports, which are not needed.
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
      ...given,
    };
    // Started through hypercorn rather than MiniStack's own command, which listens on the same port that it puts into
    // URLs.
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
 * Starts MiniStack and moto on free ports of the loopback interface. Their virtual environment (`.build/e2e-venv`) is
 * made again if `tests/e2e/requirements.txt` has changed, which takes about a minute. Their logs are in `.build/e2e/`.
 * @throws Error with the end of its log, if one does not answer within a minute.
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
  // MiniStack writes its Node workers, which are CommonJS, below this folder. The project's package.json, of ES
  // modules, must not apply to them.
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
