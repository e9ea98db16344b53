/** AWS's own documents that are modelled, with their real parameters. */
const applyAnsiblePlaybooks = {
  schemaVersion: '2.2',
  description: 'Use this document to run Ansible Playbooks on Systems Manager managed instances.',
  parameters: {
    SourceType: {
      type: 'String',
      allowedValues: ['GitHub', 'S3'],
      description: '(Optional) Where to load from.',
    },
    SourceInfo: { type: 'StringMap', default: {}, description: '(Optional) What to load, as JSON.' },
    InstallDependencies: { type: 'String', allowedValues: ['True', 'False'], default: 'True' },
    PlaybookFile: {
      type: 'String',
      default: 'hello-world-playbook.yml',
      allowedPattern: '[(a-z_A-Z0-9\\-\\.)/]+(.yml|.yaml)$',
    },
    ExtraVariables: {
      type: 'String',
      default: 'SSM=True',
      allowedPattern: '^$|^\\w+\\=[^\\s|:();&]+(\\s\\w+\\=[^\\s|:();&]+)*$',
    },
    Check: { type: 'String', allowedValues: ['True', 'False'], default: 'False' },
    Verbose: { type: 'String', allowedValues: ['-v', '-vv', '-vvv', '-vvvv'], default: '-v' },
    TimeoutSeconds: { type: 'String', default: '3600' },
  },
  mainSteps: [
    {
      action: 'aws:downloadContent',
      name: 'downloadContent',
      inputs: { SourceType: '{{ SourceType }}', SourceInfo: '{{ SourceInfo }}' },
    },
    {
      action: 'aws:runShellScript',
      name: 'runShellScript',
      inputs: {
        timeoutSeconds: '{{ TimeoutSeconds }}',
        runCommand: ['ansible-playbook "{{ PlaybookFile }}"'],
      },
    },
  ],
};

const runShellScript = {
  schemaVersion: '1.2',
  description: 'Run a shell script or specify the commands to run.',
  parameters: {
    commands: { type: 'StringList', minItems: 1, description: '(Required) Commands to run.' },
    workingDirectory: { type: 'String', default: '', maxChars: 4096 },
    executionTimeout: {
      type: 'String',
      default: '3600',
      allowedPattern: '([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)',
    },
  },
  runtimeConfig: {
    'aws:runShellScript': {
      properties: [
        {
          id: '0.aws:runShellScript',
          runCommand: '{{ commands }}',
          workingDirectory: '{{ workingDirectory }}',
          timeoutSeconds: '{{ executionTimeout }}',
        },
      ],
    },
  },
};

export const builtinContents: Readonly<Record<string, object>> = {
  'AWS-ApplyAnsiblePlaybooks': applyAnsiblePlaybooks,
  'AWS-RunShellScript': runShellScript,
};
