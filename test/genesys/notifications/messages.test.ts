/** What comes over the socket of a channel, as it is read. */
import { expect, test } from 'vitest';
import { readConversationNews, topicOf } from '../../../src/genesys/notifications/events.ts';
import { readMessage } from '../../../src/genesys/notifications/messages.ts';
import { unnoted } from '../../../src/upstream/values.ts';

test('A number of 64 bits in an event has all of its digits, as in a read.', () => {
  const fax = '{"direction":"send","bytesTransmitted":9007199254740993,"dataRate":9600}';
  const body = `{"id":"c-1","participants":[{"id":"p-1","faxStatus":${fax}}]}`;
  const message = readMessage(`{"topicName":"${topicOf('u-1')}","eventBody":${body}}`);
  if (message.type !== 'event') throw new Error(`It was read as ${message.type}.`);
  const [participant] = readConversationNews(message.body, 1, unnoted)?.conversation(null).participants ?? [];
  expect(participant?.faxStatus).toMatchObject({ bytesTransmitted: '9007199254740993', baudRate: '9600' });
});

test('Whatever is no message of a channel is nothing that matters.', () => {
  const odd = '{"result":{"toString":404}}';
  for (const text of ['', 'null', '[]', '"text"', '{', '{}', '{"topicName":7}', odd]) {
    expect(readMessage(text)).toEqual({ type: 'other' });
  }
});
