import { cliName, parseAws } from './support/awsCli';
import { runScript } from './support/shell';

const region = ['--region', 'eu-west-1'];
const parse = (line: string, ...more: string[]) => parseAws(['aws', ...line.split(' '), ...more, ...region]);

describe('The AWS CLI that repair commands are checked with', () => {
  test.each([
    ['LaunchTemplateId', 'launch-template-id'],
    ['AutoScalingGroupName', 'auto-scaling-group-name'],
    ['DescribeAutoScalingGroups', 'describe-auto-scaling-groups'],
    ['TargetGroupARNs', 'target-group-arns'],
    ['OutputS3BucketName', 'output-s3-bucket-name'],
    ['EC2Config', 'ec2-config'],
  ])('The CLI calls %s %s', (name, expected) => {
    expect(cliName(name)).toBe(expected);
  });

  test('The CLI reads flags, lists, shorthand and JSON as the command that they stand for', () => {
    expect(parse('ec2 deregister-image --image-id ami-1 --delete-associated-snapshots').input).toEqual({
      ImageId: 'ami-1',
      DeleteAssociatedSnapshots: true,
    });
    expect(parse('ec2 describe-images --filters Name=name,Values=a,b Name=state,Values=c').input).toEqual({
      Filters: [
        { Name: 'name', Values: ['a', 'b'] },
        { Name: 'state', Values: ['c'] },
      ],
    });
    expect(parse('ec2 create-tags --resources i-1 --tags', '[{"Key":"a","Value":"b,c"}]').input).toEqual({
      Resources: ['i-1'],
      Tags: [{ Key: 'a', Value: 'b,c' }],
    });
  });

  test.each([
    ['an unknown option', () => parse('ec2 deregister-image --image ami-1')],
    ['an unknown operation', () => parse('ec2 remove-image --image-id ami-1')],
    ['an option without its argument', () => parse('ec2 deregister-image --image-id')],
    ['two arguments for one', () => parse('ec2 deregister-image --image-id ami-1 ami-2')],
    ['a flag with an argument', () => parse('ec2 deregister-image --delete-associated-snapshots true')],
    ['an unknown key', () => parse('cloudwatch put-metric-alarm --cli-input-json', '{"Name":"x"}')],
    ['a text for a number', () => parse('autoscaling set-desired-capacity --desired-capacity N')],
    ['quotes in the shorthand', () => parse('ec2 create-tags --tags', "Key=a,Value=it's")],
    ['no region', () => parseAws(['aws', 'ec2', 'describe-images'])],
  ])('The CLI refuses %s', (_, read) => {
    expect(read).toThrow();
  });
});

describe('The shell that repair commands are checked with', () => {
  const played = async (script: string, answers: Readonly<Record<string, string>> = {}) => {
    const ran: (readonly string[])[] = [];
    let tries = 0;
    const code = await runScript(script, {
      run: (words) => {
        ran.push(words);
        tries += 1;
        const [name = ''] = words;
        return Promise.resolve({
          code: name === 'fails' || (name === 'later' && tries < 3) ? 1 : 0,
          output: answers[name] ?? '',
        });
      },
      sleep: (seconds) => {
        ran.push(['sleep', String(seconds)]);
        return Promise.resolve();
      },
    });
    return { code, ran };
  };

  test.each([
    [`say 'it'\\''s' b`, [['say', "it's", 'b']]],
    ['fails && say a', [['fails']]],
    ['fails; say a', [['fails'], ['say', 'a']]],
    ['say $(list)', [['list'], ['say', 'x', 'y']]],
    ['say "$(list)"', [['list'], ['say', 'x\ty']]],
    ['say $(none) a', [['none'], ['say', 'a']]],
    ['say "$(($(one) + 1))"', [['one'], ['say', '8']]],
    ['until later; do sleep 15; done', [['later'], ['sleep', '15'], ['later'], ['sleep', '15'], ['later']]],
  ])('The shell runs: %s', async (script, expected) => {
    expect((await played(script, { list: 'x\ty', one: '7' })).ran).toEqual(expected);
  });

  test.each(['say $HOME', 'say *', 'say a > b', 'say a | b', 'say `b`', "say 'a"])(
    'The shell refuses: %s',
    async (script) => {
      await expect(played(script)).rejects.toThrow();
    },
  );
});
