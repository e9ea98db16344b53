import { connect } from '../../lib/aws/connect';
import { production, type World } from '../../lib/aws/production';
import { namesOf } from '../../lib/aws/stackNames';
import { lambda } from '../../lib/engine/step';
import { healthNotes, problemsOf, waysBackLines } from '../../lib/health/checks';
import { type DoctorEnvironment, readDoctorEnvironment } from '../../lib/health/environment';
import { healthFacts } from '../../lib/health/gather';

/**
 * The control plane's own health, each problem with the command that repairs it. It takes no input and changes nothing.
 */
export const make = (world: World, { version, defined }: DoctorEnvironment) => {
  const { region, stage, deployMachineArn } = world.environment;
  const [, , , , account = ''] = deployMachineArn.split(':');
  return lambda(world, 'Doctor', async () => {
    const facts = await healthFacts({
      region,
      stage,
      names: namesOf({ region, account, stage }),
      version,
      defined,
      connect: (Class, name = region) => connect(Class, name),
      now: world.clock,
    });
    const problems = problemsOf(facts);
    return {
      well: problems.length === 0,
      problems,
      waysBack: waysBackLines(facts),
      notes: healthNotes(facts),
    };
  });
};

export const handler = make(production(process.env), readDoctorEnvironment(process.env));
