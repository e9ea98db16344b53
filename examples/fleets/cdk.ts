// A fleet that the CDK declares and Forseti deploys to: what examples/fleets/cloudformation.yml has, by escape hatches.
import { CfnParameter, Stack, Tags, type StackProps } from 'aws-cdk-lib';
import { AutoScalingGroup, type CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { InstanceType, LaunchTemplate, MachineImage, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

export class Fleet extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    // cdk deploy --parameters LaunchTemplateVersion=NUMBER, with the number that the group has now.
    const version = new CfnParameter(this, 'LaunchTemplateVersion', { type: 'Number', default: 1 });

    const launchTemplate = new LaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateName: 'api-production',
      instanceType: new InstanceType('t3.medium'),
      // A fixed image: latestAmazonLinux2023() gives the template another image with each deployment of the stack.
      machineImage: MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' }),
    });
    Tags.of(launchTemplate).add('forseti:application', 'api');

    const group = new AutoScalingGroup(this, 'Group', {
      vpc: Vpc.fromLookup(this, 'Vpc', { isDefault: true }),
      autoScalingGroupName: 'api-production',
      launchTemplate,
      minCapacity: 2,
      maxCapacity: 20,
      // No desiredCapacity: each deployment of the stack would reset it. No updatePolicy: the rollout is Forseti's.
    });
    Tags.of(group).add('forseti:application', 'api', { applyToLaunchedInstances: false });

    // Without this it is the template's latest version.
    const resource = group.node.defaultChild as CfnAutoScalingGroup;
    resource.addPropertyOverride('LaunchTemplate.Version', version.valueAsString);
  }
}
