import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { InvalidSettings, UnknownApplication } from '../../../lib/application/problems';
import {
  listApplications,
  parameterName,
  readAllSettings,
  readSettings,
  removeSettings,
  storeSettings,
  strangers,
} from '../../../lib/application/store';

const prefix = '/forseti/production/applications';
const input = { group: 'api', provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' } } };
const ssm = mockClient(SSMClient);
const client = new SSMClient({ region: 'eu-west-1' });

beforeEach(() => {
  ssm.reset();
});

test('Each application has its own parameter under the prefix', () => {
  expect(parameterName(prefix, 'api')).toBe('/forseti/production/applications/api');
});

test('Applying writes what is new or changed, skips what is not, and returns the versions', async () => {
  ssm.on(GetParametersCommand).resolves({
    Parameters: [
      { Name: `${prefix}/api`, Value: JSON.stringify(input), Version: 3 },
      { Name: `${prefix}/web`, Value: '{"group":"old"}', Version: 8 },
    ],
  });
  ssm.on(PutParameterCommand, { Name: `${prefix}/web` }).resolves({ Version: 9 });
  ssm.on(PutParameterCommand, { Name: `${prefix}/admin` }).resolves({ Version: 1 });
  const applied = await storeSettings(client, prefix, {
    applications: {
      api: { provisioning: input.provisioning, group: 'api' },
      web: { ...input, group: 'web' },
      admin: { ...input, group: 'admin' },
    },
  });
  expect(applied).toEqual([
    { application: 'api', change: 'unchanged', version: 3 },
    { application: 'web', change: 'changed', version: 9 },
    { application: 'admin', change: 'created', version: 1 },
  ]);
  const puts = ssm.commandCalls(PutParameterCommand).map(({ args }) => args[0].input);
  expect(puts).toHaveLength(2);
  expect(puts[0]).toMatchObject({ Tier: 'Intelligent-Tiering', Type: 'String', Overwrite: true });
  expect(JSON.parse(puts[0]?.Value ?? '')).toEqual({ ...input, group: 'web' });
});

test('Settings that Parameter Store cannot hold are refused before anything is written', async () => {
  const secrets = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [
      `secret_${String(index)}`,
      '/a/name/that/is/long/enough/to/add/up',
    ]),
  );
  const settings = {
    applications: { api: input, big: { ...input, provisioning: { ...input.provisioning, secrets } } },
  };
  await expect(storeSettings(client, prefix, settings)).rejects.toThrow(InvalidSettings);
  expect(ssm.commandCalls(PutParameterCommand)).toHaveLength(0);
});

test('Templates of Ansible are stored so that Parameter Store takes them, and are read as they were written', async () => {
  ssm.on(GetParametersCommand).resolves({ Parameters: [] });
  ssm.on(PutParameterCommand).resolves({ Version: 1 });
  const extraVars = { home: '/srv/{{ app_name }}', deep: '{{{{ a }}}}', shell: '${a}{b}' };
  const templated = { ...input, provisioning: { ...input.provisioning, extraVars } };
  await storeSettings(client, prefix, { applications: { api: templated } });
  const text = ssm.commandCalls(PutParameterCommand)[0]?.args[0].input.Value ?? '';
  expect(text).not.toContain('{{');
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: text, Version: 1 } });
  expect((await readSettings(client, prefix, 'api')).settings.provisioning.extraVars).toEqual(extraVars);
  ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: `${prefix}/api`, Value: text, Version: 1 }] });
  expect(await storeSettings(client, prefix, { applications: { api: templated } })).toEqual([
    { application: 'api', change: 'unchanged', version: 1 },
  ]);
});

test('The size that counts is that of the stored form', async () => {
  const extraVars = { long: '{{'.repeat(1_200) };
  const settings = {
    applications: { api: { ...input, provisioning: { ...input.provisioning, extraVars } } },
  };
  await expect(storeSettings(client, prefix, settings)).rejects.toThrow(/Parameter Store holds 8192 at most/);
});

test('What was written is read with its defaults and its version', async () => {
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: JSON.stringify(input), Version: 4 } });
  const { settings, version } = await readSettings(client, prefix, 'api');
  expect(version).toBe(4);
  expect(settings).toMatchObject({ group: 'api', strategy: 'deploy-and-snapshot', image: { keep: 5 } });
});

test('An unknown application is refused with the known ones', async () => {
  ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: '', $metadata: {} }));
  ssm
    .on(GetParametersByPathCommand)
    .resolvesOnce({ Parameters: [{ Name: `${prefix}/web` }], NextToken: 'more' })
    .resolvesOnce({ Parameters: [{ Name: `${prefix}/api` }] });
  const failure = readSettings(client, prefix, 'appi');
  await expect(failure).rejects.toThrow(UnknownApplication);
  await expect(failure).rejects.toThrow('Known are: api, web.');
});

test('Without any application, the list is empty and the refusal says how to begin', async () => {
  ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: '', $metadata: {} }));
  ssm.on(GetParametersByPathCommand).resolves({});
  await expect(listApplications(client, prefix)).resolves.toEqual([]);
  await expect(readSettings(client, prefix, 'api')).rejects.toThrow('forseti apply');
});

test.each([
  ['no JSON', '{'],
  ['an unknown key', JSON.stringify({ ...input, stategy: 'x' })],
  ['a pattern that does not compile', JSON.stringify({ ...input, tags: { pattern: '(' } })],
])('A parameter with %s is refused by name, and is left out when all are read', async (_, value) => {
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: value, Version: 2 } });
  await expect(readSettings(client, prefix, 'api')).rejects.toThrow('the stored settings of api (version 2)');
  ssm.on(GetParametersByPathCommand).resolves({
    Parameters: [
      { Name: `${prefix}/api`, Value: value, Version: 2 },
      { Name: `${prefix}/web`, Value: JSON.stringify({ ...input, group: 'web' }), Version: 1 },
    ],
  });
  const { settings, invalid } = await readAllSettings(client, prefix);
  expect(Object.keys(settings.applications)).toEqual(['web']);
  expect(invalid).toHaveLength(1);
});

test('Applications that are stored and not in the file are listed, and removed by their own parameter', async () => {
  ssm.on(GetParametersByPathCommand).resolves({
    Parameters: ['web', 'api', 'admin'].map((name) => ({ Name: `${prefix}/${name}` })),
  });
  expect(await strangers(client, prefix, { applications: { api: input } })).toEqual(['admin', 'web']);
  ssm.on(DeleteParameterCommand).resolves({});
  await removeSettings(client, prefix, 'web');
  expect(ssm.commandCalls(DeleteParameterCommand).map(({ args }) => args[0].input)).toEqual([
    { Name: `${prefix}/web` },
  ]);
});

test('Removing settings that another person has removed meanwhile succeeds', async () => {
  ssm.on(DeleteParameterCommand).rejects(new ParameterNotFound({ message: 'gone', $metadata: {} }));
  await expect(removeSettings(client, prefix, 'web')).resolves.toBeUndefined();
});

test.each([
  ['ap', ['api', 'web'], 'There is no application "ap"; did you mean "api"? Known are: api, web. '],
  ['checkout', ['api', 'web'], 'There is no application "checkout". Known are: api, web. '],
  ['api', [], 'There is no application "api". None is known yet'],
])('The error for %s among %j names the one that was probably meant', (asked, known, message) => {
  expect(new UnknownApplication(asked, known).message).toContain(message);
});
