import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DescribeStateMachineCommand,
  SFNClient,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { run } from '../command';
import { machineArn, machines } from '../executions';
import { brokenForms, findingsOf } from '../machines/languageService';
import type { World } from '../world';
import type { Scenario } from './index';

/** Every CloudFormation template below examples/. @throws Error if there is none */
const exampleTemplates = ({ root }: World): string[] => {
  const folder = join(root, 'examples');
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(folder, name))
    .filter((file) => readFileSync(file, 'utf8').includes('AWSTemplateFormatVersion'));
  assert.ok(found.length > 0, 'templates in examples/');
  return found;
};

export const template: Scenario = {
  name: 'template',
  title: 'What is deployed',
  run: async (world, checks) => {
    await checks.check('cfn-lint finds no error in the compiled template', async () => {
      const file = join(world.scratch, 'template.json');
      writeFileSync(file, JSON.stringify(world.template));
      const { code, stdout, stderr } = await run(
        join(dirname(world.python), 'cfn-lint'),
        ['--non-zero-exit-code', 'error', '--regions', 'eu-west-1', '--template', file],
        { cwd: world.scratch, environment: world.environment, timeoutMs: 90_000 },
      );
      assert.equal(code, 0, stdout + stderr);
    });
    await checks.check('cfn-lint finds no error in the templates of the examples', async () => {
      const { code, stdout, stderr } = await run(
        join(dirname(world.python), 'cfn-lint'),
        ['--non-zero-exit-code', 'error', '--regions', 'eu-west-1', '--template', ...exampleTemplates(world)],
        { cwd: world.root, environment: world.environment, timeoutMs: 90_000 },
      );
      assert.equal(code, 0, stdout + stderr);
    });
    for (const machine of machines)
      await checks.check(
        `AWS's language service finds no fault in ${machine}, and refuses broken forms of it`,
        async () => {
          const { definition = '' } = await world
            .connect(SFNClient)
            .send(new DescribeStateMachineCommand({ stateMachineArn: machineArn(machine) }));
          assert.deepEqual(await findingsOf(definition), []);
          for (const { broken, expected, text } of brokenForms(definition))
            assert.match((await findingsOf(text)).join('\n'), expected, broken);
        },
      );
    for (const machine of machines)
      await checks.check(`MiniStack finds no error in the definition of ${machine}`, async () => {
        const sfn = world.connect(SFNClient);
        const { definition } = await sfn.send(
          new DescribeStateMachineCommand({ stateMachineArn: machineArn(machine) }),
        );
        const { result, diagnostics } = await sfn.send(
          new ValidateStateMachineDefinitionCommand({ definition }),
        );
        assert.equal(result, 'OK', JSON.stringify(diagnostics));
      });
  },
};
