import type { CreateDocumentCommandInput, PutParameterCommandInput } from '@aws-sdk/client-ssm';
import type { Region, Service } from '../core/service';
import { cancelCommand, getCommandInvocation } from '../ssm/actions/commandInvocation';
import { describeInstanceInformation } from '../ssm/actions/describeInstanceInformation';
import {
  createDocument,
  createDocumentIn,
  describeDocument,
  getDocument,
  listDocuments,
  putDocumentIn,
} from '../ssm/actions/documents';
import { listCommandInvocations, listCommands } from '../ssm/actions/listCommands';
import {
  deleteParameter,
  getParameter,
  getParameters,
  getParametersByPath,
  putParameter,
} from '../ssm/actions/parameters';
import { sendCommand } from '../ssm/actions/sendCommand';
import { behaviourOf, register, setStatus } from '../ssm/agents';
import { agentOnline, cancelledDue, expireDue, finishDue, sendDue } from '../ssm/commands/run';
import { ec2Instance } from '../ssm/ec2';
import { putParameterIn } from '../ssm/parameters/store';
import type { AgentBehaviour, Document, SsmState } from '../ssm/state';

declare module '../core/service' {
  interface Services {
    ssm: SsmService;
  }
}

export interface SsmService extends Service<SsmState> {
  /** Called by EC2: its agent registers after `agentMs`, or is there already. */
  instanceRunning(instanceId: string, options?: { readonly already?: boolean }): void;
  /** Called by EC2: its agent is silent for good. */
  instanceGone(instanceId: string): void;
  /** Called by EC2: its agent is silent until the instance is up again; what ran on it has failed then. */
  instanceRebooted(instanceId: string): void;
  /** Changes how an agent behaves from now on. */
  setAgent(instanceId: string, behaviour: AgentBehaviour): void;
  /** Makes a document from what CreateDocument takes. */
  createDocument(input: CreateDocumentCommandInput): Document;
  /** The same for a document that may be there: it gets a new version, which becomes the default, or is replaced. */
  putDocument(input: CreateDocumentCommandInput, isNewVersion: boolean): Document;
  /** Makes a parameter, or its next version. */
  putParameter(input: PutParameterCommandInput): void;
}

const emptyState = (): SsmState => ({
  agents: {},
  managed: {},
  documents: {},
  commands: {},
  provisioners: {},
  failures: [],
  durations: {},
  parameters: {},
});

const actions = {
  CancelCommand: cancelCommand,
  CreateDocument: createDocument,
  DeleteParameter: deleteParameter,
  DescribeDocument: describeDocument,
  DescribeInstanceInformation: describeInstanceInformation,
  GetCommandInvocation: getCommandInvocation,
  GetDocument: getDocument,
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  ListCommandInvocations: listCommandInvocations,
  ListCommands: listCommands,
  ListDocuments: listDocuments,
  PutParameter: putParameter,
  SendCommand: sendCommand,
};

/** How long the agent of an instance that was dead from the beginning has been silent. */
const longSilentMs = 3_600_000;

interface AgentDue {
  readonly instanceId: string;
  /** When the wait for the agent began. */
  readonly since: number;
}

/** The agent's first ping after a boot, unless the instance has gone or booted again since. */
const agentDue = (region: Region, { instanceId, since }: AgentDue) => {
  const managed = region.service('ssm').state.managed[instanceId];
  if (ec2Instance(region, instanceId)?.state !== 'running' || behaviourOf(region, instanceId).dead) return;
  if (managed && managed.status !== 'gone' && managed.since > since) return;
  if (managed && managed.status !== 'gone') setStatus(region, instanceId, 'online');
  else register(region, instanceId);
  region.span({ kind: 'agent', subject: instanceId, startedAt: since, endedAt: region.now() });
  agentOnline(region, instanceId);
};

const awaitAgent = (region: Region, instanceId: string, extraMs = 0) =>
  region.schedule(
    extraMs + region.chance.around(region.timings.agentMs, region.timings.spread),
    'ssm',
    'agent',
    { instanceId, since: region.now() } satisfies AgentDue,
  );

const due: Readonly<Record<string, (region: Region, payload: never) => void>> = {
  agent: agentDue,
  send: sendDue,
  finish: finishDue,
  expire: expireDue,
  cancelled: cancelledDue,
};

const instanceMethods = (region: Region) => ({
  instanceRunning: (instanceId: string, options: { readonly already?: boolean } = {}) => {
    const { dead } = behaviourOf(region, instanceId);
    if (!options.already) {
      if (!dead) awaitAgent(region, instanceId);
    } else register(region, instanceId, dead ? region.now() - longSilentMs : undefined);
  },
  instanceGone: (instanceId: string) => setStatus(region, instanceId, 'gone'),
  instanceRebooted: (instanceId: string) => {
    setStatus(region, instanceId, 'offline');
    const upAt = ec2Instance(region, instanceId)?.bootedAt ?? region.now() + region.timings.bootMs;
    awaitAgent(region, instanceId, Math.max(0, upAt - region.now()));
  },
});

export const makeSsm = (region: Region): SsmService => {
  const service: SsmService = {
    state: emptyState(),
    actions,
    due: (kind, payload) => {
      const handle = due[kind];
      if (!handle) throw new Error(`SSM knows no agenda entry ${kind}.`);
      // The agenda gives each kind back the payload that it was put there with.
      handle(region, payload as never);
    },
    ...instanceMethods(region),
    setAgent: (instanceId, behaviour) => {
      const { managed, agents } = service.state;
      agents[instanceId] = behaviour;
      const before = managed[instanceId];
      if (!before || before.status === 'gone') return;
      if (behaviour.dead) setStatus(region, instanceId, 'offline');
      else {
        managed[instanceId] = { ...before, agentVersion: behaviour.version ?? before.agentVersion };
        if (before.status === 'offline') {
          setStatus(region, instanceId, 'online');
          agentOnline(region, instanceId);
        }
      }
    },
    createDocument: (input) => createDocumentIn(region, input),
    putDocument: (input, isNewVersion) => putDocumentIn(region, input, isNewVersion),
    putParameter: (input) => void putParameterIn(region, input, `arn:aws:iam::${region.account}:root`),
  };
  return service;
};
