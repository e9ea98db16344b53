import { brokenForms, findingsOf } from '../../e2e/machines/languageService';

const sound = JSON.stringify({
  StartAt: 'Look',
  States: {
    Look: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'look' },
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
});

test("AWS's language service finds nothing in a sound machine", async () => {
  expect(await findingsOf(sound)).toEqual([]);
});

test.each(brokenForms(sound))("AWS's language service refuses a machine when $broken", async (form) => {
  expect((await findingsOf(form.text)).join('\n')).toMatch(form.expected);
});
