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
  deleteParameters,
  describeParameters,
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
  /** Called by EC2: the agent registers after `agentMs`, or at once if the instance was running `already`. */
  instanceRunning(instanceId: string, options?: { readonly already?: boolean }): void;
  /** Called by EC2: the agent is offline for good. */
  instanceGone(instanceId: string): void;
  /** Called by EC2: the agent is offline until the instance is up again. Commands that ran on it then fail. */
  instanceRebooted(instanceId: string): void;
  /** Changes how an agent behaves from now on. */
  setAgent(instanceId: string, behaviour: AgentBehaviour): void;
  /** Creates a document from CreateDocument's input. */
  createDocument(input: CreateDocumentCommandInput): Document;
  /** Creates or changes a document. An existing one gets a new version, which becomes the default, or is replaced. */
  putDocument(input: CreateDocumentCommandInput, isNewVersion: boolean): Document;
  /** Creates a parameter, or its next version. */
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
  DeleteParameters: deleteParameters,
  DescribeDocument: describeDocument,
  DescribeInstanceInformation: describeInstanceInformation,
  DescribeParameters: describeParameters,
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

/** How long the agent has been offline, if the instance's agent was dead when the cloud was created. */
const longSilentMs = 3_600_000;

interface AgentDue {
  readonly instanceId: string;
  /** When the wait for the agent began. */
  readonly since: number;
}

/** The agent's first ping after a boot. It is ignored if the instance is gone or has booted again since. */
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
      // The agenda returns each kind with its own payload.
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
