import { isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import type { ApplicationInput } from '../../lib/application/parse';

const heading = '# What Forseti deploys, and how; examples/forseti-full.yml shows all that can be set.\n';

const indented = (text: string, columns: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));

/**
 * The text of a settings file with one more application at the end of the map of applications. No other character changes.
 * @param text the file's text, without this application; undefined where there is no file yet.
 * @returns undefined where the map is written in braces (`{...}`): there is no line after which to add it.
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
  // The parser ends a node where the next one begins. Comments between both that are not indented belong to the next one.
  const end = list.range[1];
  const before = text.slice(0, end).trimEnd();
  return `${before}\n${indented(block, column)}${text.slice(before.length).replace(/^\r?\n/, '')}`;
};
