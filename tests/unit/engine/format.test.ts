import { Table } from '../../../lib/aws/table';
import type { Effect } from '../../../lib/engine/effect';
import { Effects } from '../../../lib/engine/effects';
import { type DeploymentRecord, Records, type StepItem } from '../../../lib/engine/record';
import { sizeEffect } from '../../../lib/fleet/sizeEffect';
import { recordOf } from '../compensation/fakeContext';
import { cloudWithTables, environment } from '../support/tables';

const { deployment } = recordOf();
const intent = { target: 'web MinSize', before: 2, wrote: 1 } as const;
const key = { deployment, item: 'effect#group-size#web MinSize' };

const stores = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const items = new Table<DeploymentRecord | StepItem>(dynamodb, environment.tables.deployments);
  const journal = new Table<Effect>(dynamodb, environment.tables.deployments);
  const records = new Records(items);
  const effects = new Effects(journal, () => cloud.now());
  const run = <Answer>(work: () => Promise<Answer>) => cloud.run(work);
  const reformat = (item: string, format: number | undefined) =>
    items.update(
      { deployment, item },
      format === undefined
        ? { expression: 'REMOVE #format', names: { '#format': 'format' } }
        : {
            expression: 'SET #format = :format',
            names: { '#format': 'format' },
            values: { ':format': format },
          },
    );
  return { items, journal, records, effects, run, reformat };
};

test('A record and its effects hold the format in which they are written', async () => {
  const { items, journal, records, effects, run } = stores();
  await run(async () => {
    await records.create(recordOf());
    await effects.intend(deployment, 'TakeOut', sizeEffect, intent);
    await records.refuse({ ...recordOf(), deployment: 'refused' });
    expect(await items.get({ deployment, item: 'record' })).toMatchObject({ format: 1 });
    expect(await items.get({ deployment: 'refused', item: 'record' })).toMatchObject({ format: 1 });
    expect(await journal.get(key)).toMatchObject({ format: 1 });
  });
});

test('What was written before formats were numbered is of format 1', async () => {
  const { records, effects, run, reformat } = stores();
  await run(async () => {
    await records.create(recordOf());
    await effects.intend(deployment, 'TakeOut', sizeEffect, intent);
    await reformat('record', undefined);
    await reformat(key.item, undefined);
    expect(await records.find(deployment)).toMatchObject({ format: 1, application: 'api' });
    expect(await effects.find(deployment, sizeEffect, intent.target)).toMatchObject({ format: 1, before: 2 });
    const [listed] = await effects.list(deployment);
    expect(listed).toMatchObject({ format: 1, wrote: 1 });
    const again = await effects.intend(deployment, 'TakeOut', sizeEffect, { ...intent, before: 1 });
    expect(again).toMatchObject({ again: true, effect: { format: 1, before: 2 } });
  });
});

test('What a newer version of Forseti has written is refused by name, with what to do', async () => {
  const { records, effects, run, reformat } = stores();
  await run(async () => {
    await records.create(recordOf());
    await effects.intend(deployment, 'TakeOut', sizeEffect, intent);
    await reformat('record', 2);
    await reformat(key.item, 2);
    const refused = {
      name: 'UnknownFormat',
      message: expect.stringContaining('Deploy the newer stack again') as string,
    };
    await expect(records.find(deployment)).rejects.toMatchObject(refused);
    await expect(effects.find(deployment, sizeEffect, intent.target)).rejects.toMatchObject(refused);
    await expect(effects.list(deployment)).rejects.toMatchObject(refused);
    await expect(effects.intend(deployment, 'TakeOut', sizeEffect, intent)).rejects.toMatchObject(refused);
    expect(await records.peek(deployment)).toMatchObject({ execution: recordOf().execution });
  });
});
