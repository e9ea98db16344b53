import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { type Call, callOf, errorOf } from './call';
import { type Answer, type Refusal, refuse } from './answer';
import { type Answerer, CallRecord } from './record';

/** Answers a call that no emulator can answer: see tests/e2e/played.ts. */
export type Played = (call: Call, body: Buffer, headers: IncomingHttpHeaders) => Promise<Answer>;

export interface Directions {
  readonly endpoints: { readonly ministack: string; readonly moto: string };
  readonly routeOf: (call: Call) => 'ministack' | 'moto';
  /** By IAM's name of the action. */
  readonly played: Readonly<Record<string, Played>>;
  readonly refusalOf: (call: Call, body: Buffer) => Refusal | undefined;
  /** Runs after an answer without an error, before the caller gets it. */
  readonly afterwards: (call: Call, body: Buffer) => Promise<void>;
}

export interface Proxy {
  readonly endpoint: string;
  readonly port: number;
  readonly record: CallRecord;
  /** Until this is called, every request is answered with 503. */
  readonly direct: (directions: Directions) => void;
  readonly stop: () => Promise<void>;
}

const bodyOf = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Forwards a request as it came, with its `Host`: MiniStack checks signatures, and the host is signed. */
const forward = (agent: Agent, endpoint: string, from: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const { method = 'GET', url = '/', headers } = from;
    const outgoing = request({ agent, hostname, port, method, path: url, headers }, (answer) => {
      bodyOf(answer).then((content) => {
        resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: content });
      }, reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });

const answerOf = async (
  agent: Agent,
  directions: Directions,
  call: Call | undefined,
  from: IncomingMessage,
  body: Buffer,
): Promise<readonly [Answer, Answerer]> => {
  if (!call) return [await forward(agent, directions.endpoints.ministack, from, body), 'ministack'];
  const played = directions.played[`${call.service}:${call.action}`];
  const emulator = directions.routeOf(call);
  const refusal = directions.refusalOf(call, body);
  if (refusal) return [refuse(call.service, refusal), played ? 'played' : emulator];
  if (played) return [await played(call, body, from.headers), 'played'];
  return [await forward(agent, directions.endpoints[emulator], from, body), emulator];
};

/**
 * One endpoint in front of the emulators, on the loopback interface. It routes each call, and records service, action
 * and outcome. `AWS_ENDPOINT_URL` of the CLI and of the deployed functions points to it.
 */
export const startProxy = async (): Promise<Proxy> => {
  const record = new CallRecord();
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  let directions: Directions | undefined;
  const handle = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const body = await bodyOf(from);
    if (!directions) {
      to.writeHead(503).end();
      return;
    }
    const call = callOf(from.method ?? 'GET', from.url ?? '/', from.headers, body);
    const [answer, emulator] = await answerOf(agent, directions, call, from, body);
    const error = errorOf(answer.status, answer.headers, answer.body);
    if (call && error === undefined) await directions.afterwards(call, body);
    if (call) record.add({ ...call, emulator, status: answer.status, error });
    const headers = { ...answer.headers, 'content-length': String(answer.body.length) };
    delete headers['transfer-encoding'];
    to.writeHead(answer.status, headers).end(answer.body);
  };
  const server = createServer((from, to) => {
    handle(from, to).catch((error: unknown) => {
      // A broken connection, as it can happen on AWS: the SDK retries.
      if (!to.headersSent) to.writeHead(502, { 'content-type': 'text/plain' });
      to.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    port,
    record,
    direct: (given) => {
      directions = given;
    },
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
