import type { Command, CommandInvocation, SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { makeSsm } from '../../src/services/ssm';
import type { AgentBehaviour } from '../../src/ssm/state';
import { makeFakeRegion } from '../support/fakeRegion';

export const instanceId = (index: number) => `i-${index.toString(16).padStart(17, '0')}`;

const provisionDocument = JSON.stringify({
  schemaVersion: '2.2',
  parameters: { Version: { type: 'String', allowedPattern: '^[A-Za-z0-9][A-Za-z0-9._+/-]{0,63}$' } },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'provision',
      inputs: { timeoutSeconds: 600, runCommand: ['true'] },
    },
  ],
});

/** A region with this many running instances of the application api on v1. Their agents are online by default. */
export const withFleet = (size: number, agents: Record<string, AgentBehaviour> = {}) => {
  const region = makeFakeRegion();
  const instances = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [
      instanceId(index),
      {
        id: instanceId(index),
        state: 'running',
        tags: { 'acme:application': 'api', zone: index % 2 ? 'b' : 'a' },
        imageId: 'ami-00000000000000001',
        privateIp: `10.0.0.${String(index)}`,
        software: 'v1',
      },
    ]),
  );
  region.add('ec2', {
    state: {},
    instance: (id: string) => instances[id],
    setSoftware: (id: string, version: string) => {
      const instance = instances[id];
      if (instance) instance.software = version;
    },
  });
  const ssm = region.add('ssm', makeSsm(region));
  ssm.state.agents = agents;
  ssm.createDocument({ Name: 'provision', Content: provisionDocument });
  for (const id of Object.keys(instances)) ssm.instanceRunning(id, { already: true });
  const send = <Output>(action: string, input: object) => region.send<Output>('ssm', action, input);
  const run = async (input: Partial<SendCommandCommandInput> = {}) => {
    const { Command: command } = await send<{ Command: Command }>('SendCommand', {
      DocumentName: 'provision',
      Parameters: { Version: ['v2'] },
      Targets: [{ Key: 'tag:acme:application', Values: ['api'] }],
      ...input,
    });
    return command.CommandId ?? '';
  };
  const command = async (CommandId: string) => {
    const { Commands: commands } = await send<{ Commands: Command[] }>('ListCommands', { CommandId });
    return commands[0];
  };
  const invocations = async (CommandId: string) =>
    (await send<{ CommandInvocations: CommandInvocation[] }>('ListCommandInvocations', { CommandId }))
      .CommandInvocations;
  const details = async (CommandId: string) =>
    (await invocations(CommandId)).map(({ StatusDetails }) => StatusDetails);
  return { region, ssm, instances, send, run, command, invocations, details };
};
