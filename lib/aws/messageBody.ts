/**
 * JSON as the body of an SQS message. SQS takes no U+FFFE and U+FFFF ("InvalidMessageContents"; API reference,
 * SendMessage, MessageBody), which a text that somebody else wrote may hold. JSON has escaped all else that SQS refuses.
 */
export const messageBody = (value: unknown): string =>
  JSON.stringify(value).replace(/[\ufffe\uffff]/g, (character) =>
    character === '\ufffe' ? '\\ufffe' : '\\uffff',
  );
