import type { StoredCloud } from '@forseti/embedded-cloud/client';
import type { Home } from '../session/home';

/** Opens the embedded cloud, works, and closes it whatever happens. @param holder told to whom finds it in use */
export const withCloud = async <Answer>(
  home: Home,
  holder: string,
  work: (cloud: StoredCloud) => Promise<Answer>,
): Promise<Answer> => {
  const { openCloud } = await import('../session/localSession');
  const cloud = await openCloud(home, holder);
  try {
    return await work(cloud);
  } finally {
    await cloud.close();
  }
};
