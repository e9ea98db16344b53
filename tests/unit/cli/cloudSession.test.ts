import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { Cloud, makeSsm, outagesOf } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../../cli/session/cloudSession';

const home = 'eu-west-1';
const make = () =>
  Cloud.make({ services: { ssm: makeSsm }, startAt: Date.UTC(2026, 10, 22, 8), regions: [home] });
const get = (client: SSMClient) => client.send(new GetParameterCommand({ Name: '/none' }));

test('Calls that are tried again while others run come to their ends, in virtual time', async () => {
  const cloud = make();
  const from = cloud.now();
  cloud.faults = outagesOf([{ region: home, from, until: from + 60_000 }]);
  const session = sessionOnCloud(cloud);
  const client = session.connect(SSMClient);
  const began = performance.now();
  const ends = await Promise.allSettled(Array.from({ length: 2 }, () => get(client)));
  for (const end of ends)
    expect(end).toMatchObject({
      status: 'rejected',
      reason: { name: 'ServiceUnavailable', $metadata: { attempts: 3 } },
    });
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('A second cloud that is run beside the first is refused, rather than left to wait for ever', async () => {
  const [one, other] = [make(), make()];
  const first = one.run(() => get(one.connect(home)(SSMClient)));
  await expect(other.run(() => get(other.connect(home)(SSMClient)))).rejects.toThrow(
    'only one can at a time',
  );
  await expect(first).rejects.toBeInstanceOf(ParameterNotFound);
  await expect(other.run(() => get(other.connect(home)(SSMClient)))).rejects.toBeInstanceOf(
    ParameterNotFound,
  );
});
