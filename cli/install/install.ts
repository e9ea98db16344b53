import { stageProblem } from './stageOf';
import { RefusedEarly, UsageError } from '../terminal/errors';
import type { Context } from '../session/context';
import type { Session } from '../session/session';
import { styleOf } from '../terminal/style';
import { askForKeys, askForNew, wishesOf } from './askWishes';
import { readStack } from './gather';
import type { StackOptions } from './options';
import { type Prospect, prospectOf, readFacts } from './prospect';
import { loadStackFiles, type StackFiles } from './stackFiles';
import { findingLines, prospectJson, prospectLines } from './view';

export interface Looked {
  readonly files: StackFiles;
  readonly prospect: Prospect;
}

/**
 * Looks at everything that an installation depends on, and tells what it would do.
 * @throws UsageError of a stage that cannot be one; RefusedEarly with all that stands in the way
 */
export const lookFirst = async (
  session: Session,
  options: StackOptions,
  { terminal, root }: Pick<Context, 'terminal' | 'root'>,
): Promise<Looked> => {
  const wrong = stageProblem(session.stage);
  if (wrong !== undefined) throw new UsageError(wrong);
  const files = await loadStackFiles(root);
  const asks = terminal.ask !== undefined && options.yes !== true && options.dryRun !== true;
  const given = wishesOf(options, session.stage);
  const isNew = (await readStack(session, session.region)) === undefined;
  const wishes = asks && isNew ? await askForNew(terminal, given) : given;
  const facts = await readFacts(session, files, wishes);
  const regions = [facts.home, ...(facts.standby ? [facts.standby] : [])];
  const all = asks ? await askForKeys(terminal, wishes, regions) : wishes;
  const prospect = prospectOf(files, facts, all);
  tell(prospect, options, session.stage, terminal);
  return { files, prospect };
};

const tell = (
  prospect: Prospect,
  { format, dryRun }: StackOptions,
  stage: string,
  terminal: Context['terminal'],
): void => {
  const { problems, notes } = prospect.findings;
  if (format === 'json' && dryRun === true)
    terminal.out(JSON.stringify(prospectJson(prospect, stage), null, 2));
  const style = styleOf(terminal.colours);
  for (const line of findingLines(notes, style.warn('!'), style)) terminal.note(line);
  if (problems.length > 0)
    throw new RefusedEarly(
      [
        ...findingLines(problems, style.bad('✖'), style),
        'Nothing was changed. Put that right, and run it again.',
      ].join('\n'),
    );
  if (format !== 'json')
    for (const line of prospectLines(prospect, stage, style, terminal.columns)) terminal.out(line);
};

/** What a new user does next. @param topic ARN of the topic of notifications */
export const firstSteps = ({ region, stage }: Session, topic: string): readonly string[] => {
  const place = ` --region ${region}${stage === 'production' ? '' : ` --stage ${stage}`}`;
  return [
    `1. Take over a fleet: forseti init APPLICATION INSTANCE${place}, or write a forseti.yml and: forseti apply forseti.yml --tag${place}`,
    `2. Have tags deployed: forseti webhook secret github${place}, then forseti webhook url github${place}`,
    `3. Hear of deployments: aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint YOU@EXAMPLE.COM --region ${region}`,
  ];
};
