/** What the settings may ask for in the parameters of a document of their own: `{version}`. */
export const placeholders = [
  'version',
  'application',
  'deployment',
  'commit',
  'extraVars',
  'tags',
  'skipTags',
] as const;
export type Placeholder = (typeof placeholders)[number];

/** A shell's own `${version}` is left alone. */
const form = new RegExp(`(?<!\\$)\\{(${placeholders.join('|')})\\}`, 'g');

/** Those that a text asks for. */
export const placeholdersIn = (text: string): Placeholder[] =>
  [...text.matchAll(form)].map(([, name]) => name as Placeholder);

/** Texts by placeholder; what is not known is absent. */
export type PlaceholderValues = Readonly<Partial<Record<Placeholder, string>>>;

/** A placeholder without a value stays as it is. */
export const fillIn = (text: string, values: PlaceholderValues): string =>
  text.replace(form, (whole, name: Placeholder) => values[name] ?? whole);

/** Templates of Systems Manager and of Jinja; `${#` counts in a shell. */
const template = /\{\{|\{%|(?<!\$)\{#/;

/** Whether something on the way may read a text as a template: `{{`, `{%` or `{#`. */
export const looksLikeTemplate = (text: string): boolean => template.test(text);

/** What of the settings such a document is given, and what not. */
interface OtherProvisioning {
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly playbook: string;
}

/** What is handed to Ansible. */
export interface Handed {
  readonly extraVars: Readonly<Record<string, string | number | boolean>>;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** One thing that a document would not be given, with the key of `provisioning` at which the settings have it. */
export interface NotPassedOn {
  readonly key: 'extraVars' | 'tags' | 'skipTags' | 'secrets' | 'playbook' | 'parameters';
  readonly name?: string;
  readonly message: string;
}

/** The schema's default: whoever did not name a playbook expects none to run. */
export const usualPlaybook = 'site.yml';

/** What a document that Forseti does not know would silently go without, or would misread. */
export const notPassedOn = (
  { parameters, secrets, playbook }: OtherProvisioning,
  handed: Handed,
): NotPassedOn[] => {
  const texts = Object.values(parameters).flat();
  const asked = new Set(texts.flatMap(placeholdersIn));
  const lists = { extraVars: Object.keys(handed.extraVars), tags: handed.tags, skipTags: handed.skipTags };
  const map = (placeholder: string): string =>
    `is not passed on to this document: name the parameter that takes it in provisioning.parameters, as in {"NAME": ["{${placeholder}}"]}, or leave it out`;
  return [
    ...(['extraVars', 'tags', 'skipTags'] as const)
      .filter((key) => lists[key].length > 0 && !asked.has(key))
      .map((key) => ({ key, message: `(${lists[key].join(', ')}) ${map(key)}` })),
    ...(Object.keys(secrets).length > 0
      ? [
          {
            key: 'secrets' as const,
            message: `(${Object.keys(secrets).join(', ')}) are not passed on to this document: let what it runs read them from Parameter Store, or leave them out`,
          },
        ]
      : []),
    ...(playbook === usualPlaybook
      ? []
      : [
          {
            key: 'playbook' as const,
            message: `(${playbook}) is not passed on to this document: write it into provisioning.parameters, or leave it out`,
          },
        ]),
    ...Object.entries(parameters)
      .filter(([, values]) => values.some(looksLikeTemplate))
      .map(([name]) => ({ key: 'parameters' as const, name, message: templateMessage })),
    ...Object.entries(handed.extraVars)
      .filter(([, value]) => looksLikeTemplate(String(value)))
      .map(([name]) => ({ key: 'extraVars' as const, name, message: templateMessage })),
  ];
};

const templateMessage =
  'holds "{{", "{%" or "{#", which Systems Manager or what the document runs may read as a template; write it without';
