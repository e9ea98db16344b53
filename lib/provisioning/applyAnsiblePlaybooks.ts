import { missingSource, variables } from './ownDocument';
import type { DocumentParameters, ProvisioningRequest } from './request';

/**
 * The document's script sets the variables between double quotes of a shell command (`-e "{{ExtraVariables}}"`), and its
 * pattern `^\w+\=[^\s|:();&]+(\s\w+\=[^\s|:();&]+)*$` lets quotes, `$` and backticks through. These characters mean
 * nothing to the shell, to Ansible's splitting of `key=value`, nor to Jinja.
 */
const safeValue = /^[A-Za-z0-9_.,@%+/=-]+$/;
/** The document's own pattern. */
const playbookPattern = /^[(a-z_A-Z0-9\-.)/]+(.yml|.yaml)$/;

/** Parameters of AWS's document `AWS-ApplyAnsiblePlaybooks` (Systems Manager User Guide, "Running Ansible playbooks"). */
export const ansibleParameters = (request: ProvisioningRequest): DocumentParameters => {
  const { provisioning, tags, skipTags } = request;
  const source = sourceOf(request);
  const handed = variables(request);
  const problems = [
    ...('problem' in source ? [source.problem] : []),
    ...Object.entries(handed)
      .filter(([, value]) => !safeValue.test(String(value)))
      .map(
        ([name, value]) =>
          `Variable ${name} is ${JSON.stringify(value)}; expected only letters, digits and _.,@%+/=- , since this document pastes it into a shell command.`,
      ),
    ...(Object.keys(provisioning.secrets).length > 0
      ? [`It has no way to read secrets on the instance (${Object.keys(provisioning.secrets).join(', ')}).`]
      : []),
    ...(tags.length + skipTags.length > 0
      ? [
          `It has no way to run a part of a playbook by its tags (${[...tags, ...skipTags].join(', ')}); use Forseti's own document.`,
        ]
      : []),
    ...(playbookPattern.test(provisioning.playbook)
      ? []
      : [
          `Playbook ${provisioning.playbook}: expected a path of letters, digits and ()_-./ ending in .yml or .yaml.`,
        ]),
  ];
  if ('problem' in source) return { parameters: {}, problems };
  return {
    parameters: {
      SourceType: [source.type],
      SourceInfo: [JSON.stringify(source.info)],
      InstallDependencies: ['True'],
      PlaybookFile: [provisioning.playbook],
      ExtraVariables: [
        Object.entries(handed)
          .map(([name, value]) => `${name}=${String(value)}`)
          .join(' '),
      ],
      Check: ['False'],
      Verbose: ['-v'],
      TimeoutSeconds: [String(provisioning.timeoutMinutes * 60)],
    },
    problems,
  };
};

type Source =
  { readonly type: 'S3' | 'GitHub'; readonly info: Record<string, string> } | { readonly problem: string };

const sourceOf = ({ provisioning: { source }, region }: ProvisioningRequest): Source => {
  if (source === undefined) return { problem: missingSource };
  if ('s3' in source) {
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(source.s3) ?? [];
    if (/\.(tar\.gz|tgz)$/.test(key))
      return { problem: `Source ${source.s3}: this document takes a folder or a .zip, no tar archive.` };
    return { type: 'S3', info: { path: `https://${bucket}.s3.${region}.amazonaws.com/${key}` } };
  }
  const [, owner, repository] =
    /^https:\/\/github\.com\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(source.git) ?? [];
  if (owner === undefined || repository === undefined)
    return {
      problem: `Source ${source.git}: this document takes https://github.com/OWNER/REPOSITORY, or S3.`,
    };
  return {
    type: 'GitHub',
    info: {
      owner,
      repository,
      path: '',
      getOptions: /^[0-9a-f]{40}$/.test(source.ref) ? `commitID:${source.ref}` : `branch:${source.ref}`,
      // Resolved on the instance; no parameter holds the token itself.
      ...(source.tokenParameter !== undefined && { tokenInfo: `{{ssm-secure:${source.tokenParameter}}}` }),
    },
  };
};
