import { isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import type { ApplicationInput } from '../../lib/application/parse';

const heading = '# What Forseti deploys, and how; examples/forseti-full.yml shows all that can be set.\n';

const indented = (text: string, columns: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));

/**
 * A settings file with one more application: its text goes to the end of the map of applications, and not a character of
 * the rest is changed.
 * @param text undefined where there is no file yet. It holds some applications, but not this one.
 * @returns undefined where the map is written as a flow, `{...}`, in which there is no line to add it.
 */
export const withApplication = (
  text: string | undefined,
  application: string,
  settings: ApplicationInput,
): string | undefined => {
  const block = stringify({ [application]: settings }, { lineWidth: 0 });
  if (text === undefined || text.trim() === '') return `${heading}applications:\n${indented(block, 2)}`;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const list: unknown = document.get('applications');
  if (!isMap(list) || list.flow === true || !list.range) return undefined;
  const [first] = list.items;
  const column = isScalar(first?.key) && first.key.range ? lines.linePos(first.key.range[0]).col - 1 : 2;
  // A node ends where the next one begins: comments between them, which are not indented, are the next one's.
  const end = list.range[1];
  const before = text.slice(0, end).trimEnd();
  return `${before}\n${indented(block, column)}${text.slice(before.length).replace(/^\r?\n/, '')}`;
};
