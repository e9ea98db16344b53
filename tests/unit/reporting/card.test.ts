import { cardOf } from '../../../lib/reporting/card';
import { noticeMessage } from '../../../lib/reporting/messages';
import { endedAs, notices, record } from './records';

describe('The card that Amazon Q Developer in chat applications shows', () => {
  test.each(Object.keys(notices))(
    'The card of %s has the form of its schema, version 1.0, within its limits',
    (name) => {
      const card = cardOf(noticeMessage(notices[name] as never));
      expect(card).toMatchObject({
        version: '1.0',
        source: 'custom',
        content: { textType: 'client-markdown' },
      });
      expect(Object.keys(card).sort()).toEqual(['content', 'metadata', 'source', 'version']);
      const { content, metadata } = card;
      expect(content.title).toMatch(/^:[a-z_]+: .{1,230}$/);
      expect(content.description.length).toBeGreaterThan(10);
      expect(Object.keys(metadata).sort()).toEqual(
        ['additionalContext', 'eventType', 'relatedResources', 'summary', 'threadId'].sort(),
      );
      expect(metadata.eventType).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(Object.values(metadata.additionalContext).every((value) => typeof value === 'string')).toBe(
        true,
      );
    },
  );

  test('Next steps hold the commands as code', () => {
    expect(cardOf(noticeMessage(notices.approval as never)).content.nextSteps).toEqual([
      'Go on with the rest: `forseti approve api-v2-0123456789ab`',
      'Stop and undo it: `forseti halt api --reason REASON`',
    ]);
    expect(cardOf(noticeMessage(notices.unfreeze as never)).content).not.toHaveProperty('nextSteps');
  });

  test('Text that a person wrote mentions nobody and breaks no markup', () => {
    const reason = '<!channel> <https://evil.example|press here> & more';
    const { description } = cardOf(noticeMessage({ kind: 'started', record: { ...record, reason } })).content;
    expect(description).toContain('&lt;!channel&gt; &lt;https://evil.example|press here&gt; &amp; more');
    expect(description).not.toMatch(/<[!@#h]/);
  });

  test('Text that is too long is cut at a line and says so; a command is whole or left out', () => {
    const left = Array.from({ length: 300 }, (_, index) => ({
      kind: 'tags',
      target: `i-${String(index)}`,
      note: `Instance i-${String(index)} <keeps> its tag ${'x'.repeat(5_000)}`,
      mend:
        index === 0 ? `aws ec2 create-tags ${'i-1 '.repeat(200)}` : `aws ec2 create-tags i-${String(index)}`,
    }));
    const { content } = cardOf(noticeMessage(endedAs('Dirty', { left })));
    expect(content.description.length).toBeLessThanOrEqual(6_000);
    expect(content.description).toMatch(/\n… and \d+ more lines; the deployment's record has all of them\.$/);
    expect(content.description.match(/&(?!amp;|lt;|gt;)/)).toBeNull();
    const steps = content.nextSteps ?? [];
    expect(steps.length).toBeLessThanOrEqual(8);
    for (const step of steps) {
      expect(step.length).toBeLessThanOrEqual(350);
      expect(step).toMatch(/`[^`]+`$/);
      expect(step).not.toContain('…`');
    }
  });
});
