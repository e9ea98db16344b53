import { withApplication } from '../../../cli/init/withApplication';
import { parseSettings } from '../../../lib/application/parse';

const shop = { group: 'shop', provisioning: { source: { s3: 's3://acme/shop.tar.gz' } } };
const added = (text?: string): string => withApplication(text, 'shop', shop) ?? '';
const names = (text: string): string[] => Object.keys(parseSettings(text, 'forseti.yml').applications);

test('Without a file, one is written that can be read', () => {
  expect(added()).toBe(
    '# What Forseti deploys, and how; examples/forseti-full.yml shows all that can be set.\n' +
      'applications:\n  shop:\n    group: shop\n    provisioning:\n      source:\n        s3: s3://acme/shop.tar.gz\n',
  );
  expect(names(added(' \n'))).toEqual(['shop']);
});

const other = '    group: other # next door\n    provisioning: { source: { s3: s3://acme/other.tar.gz } }';

test.each([
  ['ends with a line', `# Ours.\napplications:\n  other: # theirs\n${other}\n`],
  ['ends without one', `applications:\n  other:\n${other}`],
  ['is indented by four', `applications:\n    other:\n${other.replaceAll(/^ {4}/gm, '        ')}\n`],
  ['has empty lines and a comment at its end', `applications:\n  other:\n${other}\n\n\n# The end.\n`],
])('The text of a file that %s stays as it is', (_, text) => {
  const written = added(text);
  expect(names(written)).toEqual(['other', 'shop']);
  for (const line of text.trimEnd().split('\n')) expect(written.split('\n')).toContain(line);
  expect(written.replace(/^ +shop:\n(?: +.*\n)+/m, '').trimEnd()).toBe(text.trimEnd());
});

test('Nothing is written into braces', () => {
  expect(withApplication('applications: {}\n', 'shop', shop)).toBeUndefined();
});
