import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DeleteParameterCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  DescribeParametersCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type Contract, contractsOf, differs } from './contract';
import { instance } from './instance';
import type { World } from './world';

const Client = SSMClient;

const contract = contractsOf('ssm');

const put = (world: World, Name: string, Value: string) =>
  world.send(Client, new PutParameterCommand({ Name, Value, Type: 'String' }));

const parameters: readonly Contract[] = [
  contract('writes a parameter once, and over it only where asked, in a new version', async (world) => {
    const Name = `/${world.name('contract')}/a`;
    const first = { Name, Value: 'one', Type: 'String' } as const;
    await world.see(Client, new PutParameterCommand(first), { Version: 1 });
    await world.refused(Client, new PutParameterCommand(first), { error: 'ParameterAlreadyExists' });
    await world.see(Client, new PutParameterCommand({ ...first, Value: 'two', Overwrite: true }), {
      Version: 2,
    });
    await world.see(Client, new GetParameterCommand({ Name }), {
      Parameter: { Name, Value: 'two', Type: 'String', Version: 2, ARN: /:parameter\/contract-/ },
    });
  }),
  contract('knows no parameter that is not there', async (world) => {
    const Name = `/${world.name('contract')}/none`;
    const error = 'ParameterNotFound';
    await world.refused(Client, new GetParameterCommand({ Name }), { error });
    await world.refused(Client, new DeleteParameterCommand({ Name }), { error });
  }),
  contract('reads many parameters, and names those that are not there', async (world) => {
    const there = `/${world.name('contract')}/a`;
    await put(world, there, 'one');
    await world.see(Client, new GetParametersCommand({ Names: [there, `${there}/none`] }), {
      Parameters: [{ Name: there, Value: 'one' }],
      InvalidParameters: [`${there}/none`],
    });
  }),
  contract('hands out a secret as it was put where decryption is asked for', async (world) => {
    const Name = `/${world.name('contract')}/secret`;
    await world.send(Client, new PutParameterCommand({ Name, Value: 'hush', Type: 'SecureString' }));
    await world.see(Client, new GetParameterCommand({ Name, WithDecryption: true }), {
      Parameter: { Value: 'hush', Type: 'SecureString' },
    });
    await world.see(Client, new GetParameterCommand({ Name }), {
      Parameter: { Value: (value: string) => value !== 'hush' },
    });
  }),
  contract('lists what lies below a path: one level, or all', async (world) => {
    const path = `/${world.name('contract')}`;
    for (const name of ['a', 'b', 'deep/c']) await put(world, `${path}/${name}`, name);
    const named =
      (...names: string[]) =>
      (found: { Name: string }[]) =>
        found
          .map(({ Name }) => Name)
          .sort()
          .join() === names.map((name) => `${path}/${name}`).join();
    await world.see(Client, new GetParametersByPathCommand({ Path: path }), { Parameters: named('a', 'b') });
    await world.see(Client, new GetParametersByPathCommand({ Path: path, Recursive: true }), {
      Parameters: named('a', 'b', 'deep/c'),
    });
  }),
  contract(
    'lists parameters by their data type',
    async (world) => {
      const name = `/${world.name('contract')}/image`;
      const more = { Type: 'String', DataType: 'aws:ec2:image' } as const;
      const Value = 'ami-0123456789abcdef0';
      await world.send(Client, new PutParameterCommand({ Name: name, Value, ...more }));
      await put(world, `${name}-text`, Value);
      await world.see(
        Client,
        new DescribeParametersCommand({
          ParameterFilters: [{ Key: 'DataType', Option: 'Equals', Values: ['aws:ec2:image'] }],
        }),
        {
          Parameters: (found: { Name: string }[]) =>
            found.some(({ Name }) => Name === name) && !found.some(({ Name }) => Name === `${name}-text`),
        },
      );
    },
    differs(
      'moto',
      'DescribeParameters',
      'does not know the filter DataType',
      'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html',
    ),
  ),
  contract('deletes a parameter', async (world) => {
    const Name = `/${world.name('contract')}/a`;
    await put(world, Name, 'one');
    await world.see(Client, new DeleteParameterCommand({ Name }), {});
    await world.refused(Client, new GetParameterCommand({ Name }), { error: 'ParameterNotFound' });
  }),
];

const content = {
  schemaVersion: '2.2',
  description: 'Says something.',
  parameters: { text: { type: 'String', description: 'What to say.', default: 'hello' } },
  mainSteps: [{ action: 'aws:runShellScript', name: 'say', inputs: { runCommand: ['echo {{ text }}'] } }],
};

const makeDocument = async (world: World): Promise<string> => {
  const Name = world.name('Contract-Document');
  const shown = {
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    TargetType: '/AWS::EC2::Instance',
  } as const;
  await world.send(Client, new CreateDocumentCommand({ Name, Content: JSON.stringify(content), ...shown }));
  return Name;
};

/** An instance, and a command that was sent to it. */
const commanded = async (world: World) => {
  const [DocumentName, InstanceId] = [await makeDocument(world), await instance(world)];
  if (world.host.name === 'local') await world.until(() => isOnline(world, InstanceId));
  const sent = await world.send(Client, new SendCommandCommand({ DocumentName, InstanceIds: [InstanceId] }));
  return { DocumentName, InstanceId, CommandId: sent.Command?.CommandId ?? '' };
};

const isOnline = async (world: World, instanceId: string): Promise<boolean> => {
  const Filters = [{ Key: 'InstanceIds', Values: [instanceId] }];
  const { InstanceInformationList: found } = await world.send(
    Client,
    new DescribeInstanceInformationCommand({ Filters }),
  );
  return found?.[0]?.PingStatus === 'Online';
};

const commands: readonly Contract[] = [
  contract('describes a document with its parameters, and none that is not there', async (world) => {
    const Name = await makeDocument(world);
    await world.see(Client, new DescribeDocumentCommand({ Name }), {
      Document: {
        Name,
        DocumentType: 'Command',
        Status: 'Active',
        SchemaVersion: '2.2',
        DocumentVersion: '1',
        Parameters: [{ Name: 'text', Type: 'String', Description: 'What to say.', DefaultValue: 'hello' }],
      },
    });
    await world.refused(Client, new DescribeDocumentCommand({ Name: 'No-Such-Document' }), {
      error: 'InvalidDocument',
    });
  }),
  contract(
    'gives the content of a document, and none of a version that is not there',
    async (world) => {
      const Name = await makeDocument(world);
      await world.see(Client, new GetDocumentCommand({ Name, DocumentFormat: 'JSON' }), {
        Name,
        DocumentVersion: '1',
        DocumentFormat: 'JSON',
        Content: /"parameters"/,
      });
      await world.refused(Client, new GetDocumentCommand({ Name, DocumentVersion: '9' }), {
        error: 'InvalidDocumentVersion',
      });
    },
    differs(
      'moto',
      'GetDocument',
      'names the document, not its version, as the invalid one',
      'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDocument.html#API_GetDocument_Errors',
    ),
  ),
  contract('sends a command to an instance', async (world) => {
    const DocumentName = await makeDocument(world);
    const InstanceId = await instance(world);
    if (world.host.name === 'local') await world.until(() => isOnline(world, InstanceId));
    const command = {
      DocumentName,
      InstanceIds: [InstanceId],
      Parameters: { text: ['hi'] },
      Comment: 'contract',
    };
    await world.see(Client, new SendCommandCommand(command), {
      Command: { CommandId: /^[\da-f-]{36}$/, DocumentName, Comment: 'contract' },
    });
  }),
  contract(
    'sends a command to the instances that are named, and to no other',
    async (world) => {
      const other = await instance(world);
      const DocumentName = await makeDocument(world);
      const InstanceId = await instance(world);
      if (world.host.name === 'local') await world.until(() => isOnline(world, InstanceId));
      await world.see(Client, new SendCommandCommand({ DocumentName, InstanceIds: [InstanceId] }), {
        Command: { InstanceIds: (ids: string[]) => ids.includes(InstanceId) && !ids.includes(other) },
      });
    },
    differs(
      'moto',
      'SendCommand',
      'sends it to all',
      'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html',
    ),
  ),
  contract('lists a command that was sent', async (world) => {
    const { CommandId, DocumentName } = await commanded(world);
    await world.see(Client, new ListCommandsCommand({ CommandId }), {
      Commands: [{ CommandId, DocumentName }],
    });
  }),
  contract('tells what became of a command on an instance', async (world) => {
    const { CommandId, InstanceId } = await commanded(world);
    const ask = new GetCommandInvocationCommand({ CommandId, InstanceId });
    await world.until(
      async () => (await world.send(Client, ask).catch(() => undefined))?.Status === 'Success',
    );
    await world.see(Client, ask, { CommandId, InstanceId, Status: 'Success', ResponseCode: 0 });
    const other = { CommandId, InstanceId: 'i-0123456789abcdef0' };
    await world.refused(Client, new GetCommandInvocationCommand(other), { error: 'InvocationDoesNotExist' });
  }),
  contract('lists what became of a command on each instance', async (world) => {
    const { CommandId, InstanceId } = await commanded(world);
    const ask = new ListCommandInvocationsCommand({ CommandId });
    await world.until(async () => ((await world.send(Client, ask)).CommandInvocations ?? []).length > 0);
    await world.see(Client, ask, { CommandInvocations: [{ CommandId, InstanceId }] });
  }),
  contract('cancels a command, and none that was never sent', async (world) => {
    const { CommandId } = await commanded(world);
    await world.see(Client, new CancelCommandCommand({ CommandId }), {});
    const other = '00000000-0000-4000-8000-000000000000';
    await world.refused(Client, new CancelCommandCommand({ CommandId: other }), {
      error: 'InvalidCommandId',
    });
  }),
  contract(
    'shows the agent of an instance once it runs',
    async (world) => {
      const InstanceId = await instance(world);
      await world.until(() => isOnline(world, InstanceId));
      const Filters = [{ Key: 'InstanceIds', Values: [InstanceId] }];
      await world.see(Client, new DescribeInstanceInformationCommand({ Filters }), {
        InstanceInformationList: [{ InstanceId, PingStatus: 'Online', ResourceType: 'EC2Instance' }],
      });
    },
    { notOn: { ministack: 'its instances have no agent' } },
  ),
];

export const ssm: readonly Contract[] = [...parameters, ...commands];
