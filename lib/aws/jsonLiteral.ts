/**
 * JSON for Systems Manager, which reads `{{ NAME }}` in a text as a reference to a parameter. PutParameter refuses such
 * a value ("Parameter value can't nest another parameter. Do not use "{{}}" in the value."; API reference, Value: "You
 * can't include values wrapped in double brackets {{}} or {{ssm:parameter-name}} in a parameter value"), SendCommand
 * fills it in. JSON can escape a brace, so whoever parses the text reads the same value. JSON's own braces never stand
 * so: an object does not begin with an object.
 */
export const jsonLiteral = (value: unknown): string => JSON.stringify(value).replaceAll('{{', '{\\u007b');
