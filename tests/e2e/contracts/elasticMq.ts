import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Running, start, untilAnswers } from '../processes';

export interface ElasticMq {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts ElasticMQ on a free port of the loopback interface. Its log is in `.build/e2e/`. */
export const startElasticMq = async (root: string, classPath: string): Promise<ElasticMq> => {
  const logs = join(root, '.build', 'e2e');
  mkdirSync(logs, { recursive: true });
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const configuration = join(root, 'tests', 'e2e', 'java', 'elasticmq.conf');
  const server: Running = start(
    'ElasticMQ',
    [
      'java',
      '-XX:TieredStopAtLevel=1',
      `-Dport=${String(port)}`,
      `-Dconfig.file=${configuration}`,
      '-cp',
      classPath,
      'org.elasticmq.server.Main',
    ],
    { cwd: logs, log: join(logs, 'elasticmq.log'), environment: process.env },
  );
  try {
    await untilAnswers(server, `${endpoint}/health`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { endpoint, stop: server.stop };
};
