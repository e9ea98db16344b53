import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DescribeStateMachineCommand,
  SFNClient,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { run } from '../command';
import { machineArn, machines } from '../executions';
import { brokenForms, findingsOf } from '../machines/languageService';
import type { Scenario } from './index';

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
