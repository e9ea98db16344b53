import type { Command } from 'commander';
import type { Context } from '../session/context';
import { withCloud } from '../local/withCloud';

const call = async (
  service: string,
  action: string,
  input: string,
  options: { region?: string },
  context: Context,
): Promise<void> => {
  const { makeCall } = await import('../local/call');
  const answer = await withCloud(context, 'forseti local call', (cloud) =>
    makeCall(cloud, { service, action, input, ...options }),
  );
  context.terminal.out(answer);
};

export const addLocalCall = (local: Command, context: Context): void => {
  local
    .command('call')
    .argument('<service>', 'such as autoscaling, ec2 or cloudwatch')
    .argument('<action>', 'as the SDK calls it, such as SetDesiredCapacity')
    .argument('[input]', 'JSON, by the names of the SDK', '{}')
    .description('do what a person in the console does: any action that is simulated, as an administrator')
    .option('--region <region>', 'the first of the description unless set')
    .addHelpText(
      'after',
      `
Examples:
  forseti local call autoscaling SetDesiredCapacity '{"AutoScalingGroupName":"api","DesiredCapacity":5}'
  forseti local call ec2 DescribeInstances`,
    )
    .action((service: string, action: string, input: string, options: { region?: string }) =>
      call(service, action, input, options, context),
    );
};
