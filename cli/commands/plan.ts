import { type Command, InvalidArgumentError } from 'commander';
import type { DeploymentPlan } from '../../lib/plan/plan';
import { priceNames, type Prices } from '../../lib/plan/prices';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import { applicationArgument, despiteOptions, type PlaceOptions, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { styleOf } from '../terminal/style';
import { checkRequest, deployInput, type AskedDeployment, requestOptions } from './deploy';

type PlanOptions = PlaceOptions &
  AskedDeployment['options'] & { readonly price?: Readonly<Partial<Record<keyof Prices, number>>> };

const pricePattern = /^(\w+)=(\d+(?:\.\d+)?)$/;

/** `NAME=DOLLARS`, repeatable: a later price replaces an earlier one of the same name. */
export const priceArgument = (
  text: string,
  before: PlanOptions['price'] = {},
): NonNullable<PlanOptions['price']> => {
  const [, name, dollars] = pricePattern.exec(text) ?? [];
  const known = priceNames.find((price) => price === name);
  if (known === undefined || dollars === undefined)
    throw new InvalidArgumentError(`Expected NAME=DOLLARS, the name being one of ${priceNames.join(', ')}.`);
  return { ...before, [known]: Number(dollars) };
};

const plan = async (
  application: string,
  version: string,
  options: PlanOptions,
  context: Context,
): Promise<void> => {
  checkRequest(version, options);
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    const [{ ask, askedBy }, { planPlain, planTree }] = await Promise.all([
      import('../session/ask'),
      import('../views/planView'),
    ]);
    const input = deployInput({ application, version, options, requestedBy: askedBy(session) });
    const found = await ask<DeploymentPlan>(session, 'Plan', {
      ...input,
      ...(options.price && { prices: options.price }),
    });
    if (!found.ready) context.exitCode = exitCodes.rejected;
    const lines =
      options.format === 'json'
        ? [JSON.stringify(found, null, 2)]
        : options.format === 'plain'
          ? planPlain(found)
          : planTree(found, styleOf(terminal.colours));
    terminal.out(lines.join('\n'));
  });
};

export const addPlan = (program: Command, context: Context): void => {
  const command = program
    .command('plan')
    .argument(...applicationArgument)
    .argument('<version>', 'a git tag, such as v1.4.2')
    .description('what a deployment would find, change, take and cost; it changes nothing');
  despiteOptions(withPlace(requestOptions(command)))
    .option(
      '--price <name=dollars>',
      `another price than the list's; may be given several times: ${priceNames.join(', ')}`,
      priceArgument,
    )
    .addHelpText(
      'after',
      `
Examples:
  forseti plan api v1.4.2
  forseti plan api v1.4.2 --strategy golden-instance --price vcpuHour=0.04
  forseti plan api v1.4.2 --format json | jq .duration.minutes

Exit codes: 0 a deployment would start, 3 it would be rejected (the checks say why), 2 bad usage.`,
    )
    .action((application: string, version: string, options: PlanOptions) =>
      plan(application, version, options, context),
    );
};
