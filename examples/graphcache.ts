/** urql's normalized cache for live calls: the fourth argument of `createUrqlClient`. */
import { cacheExchange } from '@urql/exchange-graphcache';
import { embeddedTypes } from './cache-types.ts';
import { schema } from './graphcache-schema.ts';

export const graphcache = cacheExchange({
  schema,
  keys: {
    ...Object.fromEntries(embeddedTypes.map((name) => [name, () => null])),
    // A party's id means something only inside its session, a participant's inside its conversation.
    CallParty: ({ sessionId, id }) => (sessionId && id ? `${sessionId} ${id}` : null),
    CallMediaParticipant: ({ conversationId, id }) =>
      conversationId && id ? `${conversationId} ${id}` : null,
  },
});
