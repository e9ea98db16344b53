import type { Context } from './context';
import type { Session, SessionOptions } from './session';

/** Opens a session, does the work, and closes the session whatever happens. */
export const withSession = async <Answer>(
  options: SessionOptions,
  { open }: Pick<Context, 'open'>,
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> => {
  const session = await open(options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};
