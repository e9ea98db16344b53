import { fillIn, notPassedOn, placeholdersIn } from '../application/placeholders';
import type { DocumentParameters, ExtraVars, ProvisioningRequest } from './request';

/**
 * Parameters of a document of which Forseti knows nothing: those of the settings, with `{version}` and the like filled
 * in. What no parameter asks for would silently be left out, so it is a problem.
 */
export const otherParameters = (request: ProvisioningRequest): DocumentParameters => {
  const { provisioning, version, application, deployment, commit, extraVars, tags, skipTags } = request;
  const values = {
    version,
    application,
    deployment,
    ...(commit !== undefined && { commit }),
    extraVars: shellSafeJson(extraVars),
    tags: tags.join(','),
    skipTags: skipTags.join(','),
  };
  const parameters = Object.entries(provisioning.parameters);
  const wantsCommit = parameters.filter(([, texts]) =>
    texts.some((text) => placeholdersIn(text).includes('commit')),
  );
  const wantsDeployment = parameters.some(([, texts]) =>
    texts.some((text) => placeholdersIn(text).includes('deployment')),
  );
  return {
    parameters: Object.fromEntries(
      parameters.map(([name, texts]) => [name, texts.map((text) => fillIn(text, values))]),
    ),
    problems: [
      ...notPassedOn(provisioning, { extraVars, tags, skipTags }).map(
        ({ key, name, message }) => `provisioning.${key}${name === undefined ? '' : `.${name}`} ${message}.`,
      ),
      ...(commit === undefined && wantsCommit.length > 0
        ? [unknownCommit(`Parameter ${wantsCommit.map(([name]) => name).join(', ')}`, request)]
        : []),
      // The console takes more characters in the name of an execution than a shell takes as they are.
      ...(wantsDeployment && !/^[A-Za-z0-9_-]+$/.test(deployment)
        ? [
            `The execution is named ${JSON.stringify(deployment)}, which a parameter asks for as {deployment}; start it under a name of letters, digits, "_" and "-".`,
          ]
        : []),
    ],
  };
};

/** @param what asks for it. */
export const unknownCommit = (
  what: string,
  { application, version }: Pick<ProvisioningRequest, 'application' | 'version'>,
): string =>
  `${what} asks for {commit}, and this request names none: deploy by pushing a tag, or name it: forseti deploy ${application} ${version} --commit COMMIT`;

/**
 * A JSON object of which nothing means anything to a shell between single quotes, nor can leave any other quotes:
 * JSON can write each character as its number.
 */
export const shellSafeJson = (values: ExtraVars): string =>
  `{${Object.entries(values)
    .map(([name, value]) => `"${name}":${typeof value === 'string' ? `"${escaped(value)}"` : String(value)}`)
    .join(',')}}`;

const escaped = (text: string): string =>
  text.replace(
    /[^A-Za-z0-9 _.,@%+/=:-]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
