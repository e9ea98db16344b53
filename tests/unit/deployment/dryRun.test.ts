import { explainRefusal, refusalOf } from '../../../lib/aws/dryRun';

const failing = (name: string, message: string) => async (): Promise<never> => {
  throw Object.assign(new Error(message), { name });
};

const told = async (name: string, message: string): Promise<string> =>
  explainRefusal('LaunchBuilder', (await refusalOf(failing(name, message))) ?? '');

test('What EC2 would do is no refusal.', async () => {
  expect(await refusalOf(failing('DryRunOperation', 'Request would have succeeded.'))).toBeUndefined();
});

test.each(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'])(
  '%s is told as a missing permission.',
  async (name) => {
    expect(await told(name, 'You are not authorized.')).toMatch(
      new RegExp(
        `^The role of LaunchBuilder may not do what the deployment needs: ${name}: You are not authorized\\. Deploy the stack`,
      ),
    );
  },
);

test.each([
  ['InvalidAMIID.NotFound', "The image id '[ami-1]' does not exist", 'name one that is there'],
  ['InvalidSubnetID.NotFound', "The subnet ID 'subnet-1' does not exist", 'name one that is there'],
  ['InvalidKeyPair.NotFound', "The key pair 'web' does not exist", 'name one that is there'],
  ['InvalidParameterValue', 'Invalid IAM Instance Profile name', 'Change what AWS objects to'],
  ['VcpuLimitExceeded', 'You have requested more vCPU capacity', 'Service Quotas'],
  ['AuthFailure', 'Not authorized for images: [ami-1]', 'share the image'],
  ['OptInRequired', 'In order to use this AWS Marketplace product', 'finish what AWS asks for'],
])("%s is told in AWS's words, as no missing permission, with what to do.", async (name, message, advice) => {
  const sentence = await told(name, message);
  expect(sentence).toContain(`AWS refuses what LaunchBuilder would do: ${name}: ${message}. `);
  expect(sentence).toContain(advice);
  expect(sentence).not.toContain('The role of LaunchBuilder');
});

test('Where the fleet lacks a tag, a missing permission is put down to that; other refusals are not', () => {
  const missingTags = ['aws ec2 create-tags --resources lt-1'];
  expect(explainRefusal('RollBack', 'UnauthorizedOperation: You may not', { missingTags })).toBe(
    'The role of RollBack may not do what the deployment needs: UnauthorizedOperation: You may not. ' +
      'That is so because of the missing tag: aws ec2 create-tags --resources lt-1',
  );
  expect(explainRefusal('RollBack', 'VcpuLimitExceeded: Too many', { missingTags })).not.toContain('tag');
});
