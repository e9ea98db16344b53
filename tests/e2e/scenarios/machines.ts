import { strict as assert } from 'node:assert';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { endOf, historyOf, machineArn, machines as all, pathOf } from '../executions';
import { type CameTo, inputOf, type MachineCase } from '../machines/cases';
import { cameTo } from '../machines/local';
import { regions, type World } from '../world';
import type { Scenario } from './index';

const runOnMiniStack = async (world: World, one: MachineCase): Promise<CameTo> => {
  const { executionArn = '' } = await world.connect(SFNClient, regions.standby).send(
    new StartExecutionCommand({
      stateMachineArn: `${machineArn(one.machine, regions.standby)}#${one.name}`,
      name: one.name,
      input: JSON.stringify(inputOf(one)),
    }),
  );
  const ended = await endOf(world, executionArn, regions.standby);
  return cameTo(ended, pathOf(await historyOf(world, executionArn, regions.standby)));
};

const together = 8;

const compare = async (
  world: World,
  cases: readonly MachineCase[],
  expected: ReadonlyMap<string, CameTo>,
): Promise<void> => {
  const differences: string[] = [];
  const left = [...cases];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one; one = left.shift()) {
      const found = await runOnMiniStack(world, one);
      try {
        assert.deepEqual(found, expected.get(one.name));
      } catch (error) {
        differences.push(`${one.machine}, ${one.title}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  if (differences.length > 0) throw new Error(differences.join('\n'));
};

export const machines: Scenario = {
  name: 'machines',
  title: 'The machines, on MiniStack as on our own interpreter',
  run: async (world, checks) => {
    const { cases, local } = world.machines;
    for (const machine of all) {
      const its = cases.filter((one) => one.machine === machine);
      const states = new Set(its.flatMap(({ name }) => local.get(name)?.path ?? []));
      await checks.check(
        `${machine}: ${String(its.length)} runs through ${String(states.size)} states take the same path to the same end`,
        () => compare(world, its, local),
      );
    }
  },
};
