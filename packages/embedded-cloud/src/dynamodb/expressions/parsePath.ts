import type { Path } from './ast';
import type { Placeholders } from './placeholders';
import { isReserved } from './reservedWords';
import { Tokens } from './tokens';

const parseName = (tokens: Tokens, placeholders: Placeholders): string => {
  const token = tokens.peek();
  if (token.kind !== 'name' && token.kind !== 'word') throw tokens.syntaxError();
  if (token.kind === 'word' && isReserved(token.text))
    throw tokens.refuse(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
  tokens.next();
  return token.kind === 'name' ? placeholders.name(token.text, tokens.sort) : token.text;
};

/** path := name ( '.' name | '[' number ']' )* */
export const parsePath = (tokens: Tokens, placeholders: Placeholders): Path => {
  const path: (string | number)[] = [parseName(tokens, placeholders)];
  for (;;) {
    if (tokens.skip('.')) path.push(parseName(tokens, placeholders));
    else if (tokens.skip('[')) {
      if (tokens.peek().kind !== 'number') throw tokens.syntaxError();
      path.push(Number(tokens.next().text));
      tokens.expect(']');
    } else return path;
  }
};

const shown = (path: Path) =>
  `[${path.map((part) => (typeof part === 'number' ? `[${String(part)}]` : part)).join(', ')}]`;

/**
 * AWS refuses paths of which one is the beginning of another, and paths that treat one attribute both as a list and as
 * a map.
 */
export const checkOverlap = (tokens: Tokens, paths: readonly Path[]): void => {
  paths.forEach((two, index) => {
    for (const one of paths.slice(0, index)) {
      const length = Math.min(one.length, two.length);
      const split = one.findIndex((part, at) => at >= length || part !== two[at]);
      if (split === -1 || split >= length)
        throw tokens.refuse(
          'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
            `path one: ${shown(one)}, path two: ${shown(two)}`,
        );
      if (typeof one[split] !== typeof two[split])
        throw tokens.refuse(
          `Two document paths conflict with each other; must remove or rewrite one of these paths; ` +
            `path one: ${shown(one)}, path two: ${shown(two)}`,
        );
    }
  });
};

/** ProjectionExpression := path ( ',' path )* @throws ValidationException */
export const parseProjection = (expression: string, placeholders: Placeholders): readonly Path[] => {
  const tokens = new Tokens(expression, 'ProjectionExpression');
  const paths = [parsePath(tokens, placeholders)];
  while (tokens.skip(',')) paths.push(parsePath(tokens, placeholders));
  tokens.expectEnd();
  checkOverlap(tokens, paths);
  return paths;
};
