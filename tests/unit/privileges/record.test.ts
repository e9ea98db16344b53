import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateStatements, policyUseRecorder, type Statement, subjectOf } from '@forseti/embedded-cloud';

test('Each use and each refusal is recorded once, without its region, whatever else its statement allows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forseti-uses-'));
  try {
    const note = policyUseRecorder(folder);
    const statement: Statement = {
      Effect: 'Allow',
      Action: ['sqs:SendMessage', 'sqs:DeleteMessage'],
      Resource: 'arn:aws:sqs:eu-west-1:111122223333:waiting',
    };
    const role = { name: 'forseti-eu-west-1-Look', statements: [statement] };
    for (const action of ['sqs:SendMessage', 'sqs:SendMessage', 'sqs:PurgeQueue', 'sqs:PurgeQueue']) {
      const asked = [{ action, resource: String(statement.Resource) }];
      note(role, asked, evaluateStatements(role.statements, asked));
    }
    const [file = ''] = readdirSync(folder);
    const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { role: 'forseti-REGION-Look', action: 'sqs:SendMessage', by: subjectOf(statement) },
      {
        role: 'forseti-REGION-Look',
        action: 'sqs:PurgeQueue',
        refused: 'arn:aws:sqs:REGION:111122223333:waiting',
      },
    ]);
    expect(lines.join()).not.toContain('eu-west-1');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
