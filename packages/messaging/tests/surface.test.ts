import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const index = join(__dirname, '../src/index.ts');
const sources = dirname(index);

const files = readdirSync(sources).map((name) => join(sources, name));

/** The declarations that the compiler makes of the sources: every type is written out in them. */
const declarations = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noCheck: true,
    // The types of Node and of the SDK take seconds to read, and are none of the package's own.
    noResolve: true,
    types: [],
    declaration: true,
    emitDeclarationOnly: true,
  });
  program.emit(undefined, (file, text) => found.set(file, text));
  return found;
};

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const namesOf = (statement: ts.Statement): string[] => {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name ? [name.getText()] : [];
};

/** Names of types that a declaration refers to; not those behind `private`, which are only named there. */
const typesIn = (node: ts.Node): string[] => {
  if (ts.isTypeReferenceNode(node))
    return [node.typeName.getText(), ...(node.typeArguments ?? []).flatMap(typesIn)];
  if (ts.isExpressionWithTypeArguments(node)) return [node.expression.getText()];
  const names: string[] = [];
  ts.forEachChild(node, (child) => void names.push(...typesIn(child)));
  return names;
};

test('Every type of the package that an exported declaration shows is exported, too', () => {
  const exported = new Set(
    [...readFileSync(index, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').map((name) => name.trim().replace(/^type /, '')),
    ),
  );
  const own = new Map<string, string[]>();
  for (const [file, text] of declarations()) {
    const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const statement of parsed.statements)
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
        for (const name of namesOf(statement)) own.set(name, typesIn(statement));
    expect(parsed.statements.some(isExported) || file.endsWith('index.d.ts')).toBe(true);
  }
  const leaks = [...own]
    .filter(([name]) => exported.has(name))
    .flatMap(([name, types]) =>
      types.filter((type) => own.has(type) && !exported.has(type)).map((type) => `${name} shows ${type}`),
    );
  // The base of the errors, which adds nothing to them.
  expect(leaks.filter((leak) => !leak.endsWith('shows MessagingError'))).toEqual([]);
  expect(own.size).toBeGreaterThan(60);
});

/** The modules of the package that a module imports, types included. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import) '(\.[^']*)'/g)].map(([, path = '']) =>
    join(dirname(file), `${path}.ts`),
  );

test('No modules of the package import each other in a circle, types included', () => {
  const circles: string[] = [];
  const ended = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' > '));
    else if (!ended.has(file)) {
      expect(existsSync(file)).toBe(true);
      for (const next of importsOf(file)) visit(next, [...path, file]);
      ended.add(file);
    }
  };
  visit(index, []);
  expect(circles).toEqual([]);
  expect(ended.size).toBeGreaterThan(20);
});

test('The sources import nothing but each other, Node and the clients of SQS and DynamoDB', () => {
  const outside = new Set<string>();
  for (const file of files) {
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from '([^.'][^']*)'/g))
      outside.add(name);
    for (const next of importsOf(file)) expect(dirname(next)).toBe(sources);
  }
  expect([...outside].sort()).toEqual(['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs', 'node:crypto']);
});
