/**
 * The rules of a template's `Parameters` section.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */

/** One declared parameter. CloudFormation takes bounds as numbers or strings. */
export interface ParameterDeclaration {
  readonly Type?: string;
  readonly Default?: string | number | boolean;
  readonly AllowedValues?: readonly (string | number)[];
  /** A regular expression for the whole value. */
  readonly AllowedPattern?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
  /** Stands for the other explanations where the value breaks a constraint. */
  readonly ConstraintDescription?: string;
}

type Declarations = Readonly<Record<string, ParameterDeclaration>>;

const isNumeric = (value: string): boolean => value.trim() !== '' && Number.isFinite(Number(value));

const broken = (declaration: ParameterDeclaration, value: string): string | undefined => {
  const { AllowedPattern: pattern, AllowedValues: allowed, MinLength, MaxLength } = declaration;
  if (allowed && !allowed.map(String).includes(value))
    return `must be one of AllowedValues: ${allowed.map(String).join(', ')}`;
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value))
    return `must match pattern ${pattern}`;
  if (MinLength !== undefined && value.length < Number(MinLength))
    return `must contain at least ${String(MinLength)} characters`;
  if (MaxLength !== undefined && value.length > Number(MaxLength))
    return `must contain at most ${String(MaxLength)} characters`;
  if (declaration.Type !== 'Number') return undefined;
  const { MinValue, MaxValue } = declaration;
  if (!isNumeric(value)) return 'must be a number';
  if (MinValue !== undefined && Number(value) < Number(MinValue))
    return `must be a number not less than ${String(MinValue)}`;
  if (MaxValue !== undefined && Number(value) > Number(MaxValue))
    return `must be a number not greater than ${String(MaxValue)}`;
  return undefined;
};

/** What is wrong with the given values; empty if the template can be used with them and its defaults. */
export const parameterProblems = (
  declarations: Declarations,
  given: Readonly<Record<string, string>>,
): readonly string[] => {
  const unknown = Object.keys(given).filter((name) => !(name in declarations));
  if (unknown.length > 0) return [`Parameters: [${unknown.join(', ')}] do not exist in the template`];
  const entries = Object.entries(declarations);
  const missing = entries.filter(([name, { Default }]) => given[name] === undefined && Default === undefined);
  if (missing.length > 0)
    return [`Parameters: [${missing.map(([name]) => name).join(', ')}] must have values`];
  return entries.flatMap(([name, declaration]) => {
    const reason = broken(declaration, given[name] ?? String(declaration.Default));
    return reason === undefined ? [] : [`Parameter '${name}' ${declaration.ConstraintDescription ?? reason}`];
  });
};
