import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { runWell } from './command';
import { type RegionName, regions, type Resource, type Template, type World } from './world';

const templateFile = 'cloudformation-template-update-stack.json';
const stateFile = 'serverless-state.json';

const serverlessOf = (root: string): string =>
  join(
    dirname(createRequire(join(root, 'package.json')).resolve('serverless/package.json')),
    'bin',
    'serverless.js',
  );

const serverless = (
  root: string,
  environment: NodeJS.ProcessEnv,
  parameters: readonly string[],
): Promise<string> =>
  runWell(process.execPath, [serverlessOf(root), ...parameters], {
    cwd: root,
    environment,
    timeoutMs: 120_000,
  });

const isDocument = ({ Type }: Resource): boolean => Type === 'AWS::SSM::Document';

/** MiniStack knows no AWS::SSM::Document, and refuses a template with one as CloudFormation refuses an unknown type. */
const withoutDocuments = (template: Template): Template => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).filter(([, resource]) => !isDocument(resource)),
  ),
});

const readJson = <Content>(file: string): Content => JSON.parse(readFileSync(file, 'utf8')) as Content;

/** Both stacks are deployed with the same parameters. */
const twoRegions = [`--param=homeRegion=${regions.home}`, `--param=standbyRegion=${regions.standby}`];

/** Runs `serverless package`, which makes the template and the zips. @returns the folder, and the compiled template. */
export const packageStack = async (
  root: string,
  scratch: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly folder: string; readonly template: Template }> => {
  const folder = join(scratch, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await serverless(root, environment, ['package', '--package', folder, ...twoRegions]);
  const template = readJson<Template>(join(folder, templateFile));
  writeFileSync(join(folder, templateFile), JSON.stringify(withoutDocuments(template)));
  type State = { service: { provider: { compiledCloudFormationTemplate: Template } } };
  const state = readJson<State>(join(folder, stateFile));
  const provider = state.service.provider;
  provider.compiledCloudFormationTemplate = withoutDocuments(provider.compiledCloudFormationTemplate);
  writeFileSync(join(folder, stateFile), JSON.stringify(state));
  return { folder, template };
};

/** Runs `serverless deploy` on the package as the README says, home first. */
export const deployStack = async (
  { root, environment }: Pick<World, 'root' | 'environment'>,
  folder: string,
  region: RegionName,
): Promise<void> => {
  await serverless(root, environment, ['deploy', '--package', folder, '--region', region, ...twoRegions]);
};

/** Makes the template's SSM documents on moto, where Run Command is. */
export const makeDocuments = async ({ template, connect }: World, region: RegionName): Promise<string[]> => {
  const documents = Object.values(template.Resources).filter(isDocument);
  const ssm = connect(SSMClient, region);
  return Promise.all(
    documents.map(async ({ Properties: properties = {} }) => {
      const { Name = '', Content } = properties as { Name?: string; Content?: object };
      await ssm.send(
        new CreateDocumentCommand({
          Name,
          Content: JSON.stringify(Content),
          DocumentType: 'Command',
          DocumentFormat: 'JSON',
          TargetType: '/AWS::EC2::Instance',
        }),
      );
      return Name;
    }),
  );
};
