import { CreateImageCommand, EC2Client } from '@aws-sdk/client-ec2';
import { tagList } from '../../lib/aws/tags';
import { describeImage, findOwnImage } from '../../lib/image/images';
import { imageName, imageTags } from '../../lib/image/name';
import type { Session } from '../session/session';
import { initName, type NewGroup } from './newGroup';

const pollEveryMs = 10_000;
const maxImageMs = 3_600_000;

/** Waits until the image is available. @throws Error where it fails or takes longer than an hour. */
const awaitImage = async (session: Session, image: string): Promise<void> => {
  const begun = session.now();
  while (session.now() - begun < maxImageMs) {
    const found = await describeImage(session.connect(EC2Client), image);
    if (found?.State === 'available') return;
    if (found !== undefined && found.State !== 'pending')
      throw new Error(
        `Image ${image} ended as ${found.State ?? 'unknown'}: ${found.StateReason?.Message ?? ''}`,
      );
    await session.sleep(pollEveryMs);
  }
  throw new Error(`Image ${image} is not available after an hour; run it again when it is.`);
};

/** Makes the image of the instance, or finds the one that an earlier run made. @returns its id. */
export const makeImage = async (session: Session, asked: NewGroup): Promise<string> => {
  const ec2 = session.connect(EC2Client);
  const { application, version, instance, reboot } = asked;
  const named = { application, version, deployment: initName(application) };
  const name = imageName(named);
  const list = tagList(imageTags(named));
  const made =
    (await findOwnImage(ec2, name, named.deployment)) ??
    (
      await ec2.send(
        new CreateImageCommand({
          InstanceId: instance,
          Name: name,
          Description: `${application} ${version}, made by Forseti of ${instance}`,
          NoReboot: !reboot,
          TagSpecifications: [
            { ResourceType: 'image', Tags: list },
            { ResourceType: 'snapshot', Tags: list },
          ],
        }),
      )
    ).ImageId ??
    '';
  await awaitImage(session, made);
  return made;
};
