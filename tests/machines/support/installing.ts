import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageProject } from '@forseti/embedded-cloud';
import { main } from '../../../cli/main';
import { writeStackFiles } from '../../../cli/install/stackFiles';
import { sentinelStage } from '../../../cli/install/stageOf';
import type { SdkClientClass, Session } from '../../../cli/session/session';
import { keptTerminal } from '../../unit/cli/support';
import type { StackDouble } from '../../unit/install/support/stackDouble';
import type { Typed } from './commandLine';

/** A folder as the package is installed in, with a stack whose functions hold no code. */
export const packageFolder = async (): Promise<string> => {
  const root = mkdtempSync(join(tmpdir(), 'forseti-installed-'));
  const packaged = await packageProject(process.cwd(), {
    stage: sentinelStage,
    environment: { FORSETI_TEMPLATE_ONLY: '1' },
  });
  mkdirSync(join(root, 'dist'));
  writeStackFiles(join(root, 'dist', 'stack'), packaged);
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '9.9.9' }));
  return root;
};

export type Doubles = Readonly<Record<string, StackDouble>>;

/** A session with doubles of CloudFormation and S3 in some regions. */
export const doubled = (session: Session, doubles: Doubles): Session => {
  const connectIn = <Client>(region: string, Class: SdkClientClass<Client>): Client =>
    (doubles[region]?.client(Class) as Client | undefined) ?? session.connectIn(region, Class);
  return { ...session, connectIn, connect: (Class) => connectIn(session.region, Class) };
};

/** The command line of an installed package. @param answers of a person, one a question */
export const typedIn =
  (root: string, session: Session, answers?: string[]) =>
  async (...words: string[]): Promise<Typed> => {
    const terminal = keptTerminal();
    const questions: string[] = [];
    const code = await main(['node', 'forseti', ...words], {
      root,
      folder: root,
      terminal: {
        ...terminal,
        ...(answers && {
          ask: async (question: string) => {
            questions.push(question);
            return answers.shift() ?? '';
          },
        }),
      },
      open: async () => session,
    });
    return { code, out: terminal.outs.join('\n'), note: [...questions, ...terminal.notes].join('\n') };
  };
