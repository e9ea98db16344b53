import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The floors on which the errors are thrown that direct the machines, and the functions of the machines' states. */
const floors = [
  'lib/engine',
  'lib/fleet',
  'lib/scaling',
  'lib/provisioning',
  'lib/image',
  'lib/rollout',
  'lib/deployment',
  'lib/rollback',
  'functions/deploy',
  'functions/rollback',
];

/**
 * `Halted`, `LockLost`, `DeploymentClosed` and their like direct the machines: a catch that swallows them ends a
 * deployment falsely. A catch passes if it throws again what it caught (for some errors at least: it is about a certain
 * one), or asks `mustPass`. The others are counted here by file, with the reason why nothing in their try directs a
 * machine, or why nothing is lost.
 */
const swallowing: Readonly<Record<string, readonly [count: number, why: string]>> = {
  'functions/deploy/BakeImage.ts': [1, 'a message that cannot be sent'],
  'lib/deployment/closeRecord.ts': [1, "steps are read for the end's words"],
  'lib/deployment/complete.ts': [5, 'after the point of no return what fails is a warning'],
  'lib/deployment/raiseFence.ts': [1, 'JSON of an input that may be none'],
  'lib/engine/effects.ts': [1, 'a note on the way to throwing what the guard threw'],
  'lib/engine/end.ts': [1, 'JSON of a cause that may be none'],
  'lib/engine/step.ts': [2, 'the error goes on, classified; a note on the way that fails must not hide it'],
  'lib/engine/waiting/waitingStep.ts': [5, 'the error goes on to the machine; notes on the way that fail'],
  'lib/image/copyImage.ts': [1, 'a copy is made beside the machines, without the lock, and tried again'],
  'lib/image/copyImages.ts': [1, 'as copyImage.ts: the region did not answer in time'],
  'lib/provisioning/declaredParameters.ts': [2, 'JSON and patterns that may be none'],
  'lib/provisioning/output.ts': [1, 'output that is read for the words of a failure'],
  'lib/rollback/findWayBack.ts': [1, 'only reads, outside of any machine'],
  'lib/rollback/scalingBack.ts': [1, 'only reads; what cannot be read keeps no fleet from going back'],
  'lib/rollback/wayBack.ts': [1, 'a pure choice, whose error is the answer'],
  'lib/rollback/waysBack.ts': [1, 'only reads, outside of any machine'],
};

const sourcesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts'));

const contains = (node: ts.Node, isIt: (child: ts.Node) => boolean): boolean =>
  isIt(node) || (ts.forEachChild(node, (child) => contains(child, isIt) || undefined) ?? false);

const mentions = (node: ts.Node, name: string): boolean =>
  contains(node, (child) => ts.isIdentifier(child) && child.text === name);

/** Whether a handler of errors throws the caught one again, or asks whether it must. */
const passesOn = (body: ts.Node, caught: string | undefined): boolean =>
  mentions(body, 'mustPass') ||
  (caught !== undefined &&
    contains(body, (child) => ts.isThrowStatement(child) && mentions(child.expression, caught)));

const nameOf = (declared: ts.BindingName | undefined): string | undefined =>
  declared && ts.isIdentifier(declared) ? declared.text : undefined;

/** The lines of the catches of a file that let nothing pass. */
const swallowsIn = (file: string): string[] => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const lineOf = (node: ts.Node): string =>
    source.text.split('\n')[source.getLineAndCharacterOfPosition(node.getStart()).line]?.trim() ?? '';
  const visit = (node: ts.Node): void => {
    if (ts.isCatchClause(node) && !passesOn(node.block, nameOf(node.variableDeclaration?.name)))
      found.push(lineOf(node));
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === 'catch'
    ) {
      const [handler] = node.arguments;
      const isWritten = handler && (ts.isArrowFunction(handler) || ts.isFunctionExpression(handler));
      if (!isWritten || !passesOn(handler.body, nameOf(handler.parameters[0]?.name)))
        found.push(lineOf(node.expression.name));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

test('No general catch swallows the errors that direct the machines', () => {
  const found = floors
    .flatMap(sourcesUnder)
    .map((file) => [file, swallowsIn(file)] as const)
    .filter(([, lines]) => lines.length > 0);
  const listed = Object.entries(swallowing).map(([file, [count]]): [string, number] => [file, count]);
  expect(found.map(([file, lines]) => [file, lines.length, ...(swallowing[file] ? [] : lines)])).toEqual(
    expect.arrayContaining(listed),
  );
  expect(found).toHaveLength(listed.length);
});
