import { expect, test } from 'vitest';
import { BadUserInput, WrongParticipantState } from '../../schema/failures.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import { toConversation } from '../../src/genesys/translate.ts';
import { readResult, storeResult } from '../../src/upstream/stored-result.ts';
import { conversation } from './commands-of-all-kinds.ts';

const key = sealingKey('a secret', 'outcome of a command');
const state = { conversation: toConversation(conversation(), 7), destinationParticipantId: 'p-2' };

test.each([
  new WrongParticipantState('Not now.', 'ALERTING', ['ANSWER'], { system: 'genesys', status: 400 }),
  new BadUserInput('No such queue.', 'queueId', { errorCode: 'conversations.error.queue.not.found' }),
  null,
])('The result of a Genesys command is the same for another gateway: %s', (error) => {
  const [participant = null] = state.conversation.participants;
  const outcome = error === null ? 'APPLIED' : 'NOT_APPLIED';
  const result = { outcome, replayed: false, error, participant, ...state } as const;
  const read = readResult<typeof result>(storeResult(result, key), key);
  expect(read).toEqual(result);
  expect(read?.error?.constructor).toBe(error?.constructor);
  expect(readResult(storeResult(result, key), sealingKey('another', 'outcome of a command'))).toBeNull();
});
