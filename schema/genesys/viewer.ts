/** The user in Genesys Cloud, with their conversations. */
import { builder, keyedBy, paragraphs, READS } from '../builder.ts';
import { LiveSource, Viewer } from '../viewer.ts';
import { maybe } from './fields.ts';
import type { ConversationUser } from './model.ts';
import { asks, CallConversation } from './refs.ts';

const GenesysUser = builder.objectRef<ConversationUser>('GenesysUser').implement({
  description: paragraphs('A user of Genesys Cloud.', keyedBy('id')),
  fields: (t) => ({
    id: t.exposeID('id', { description: "Participants with this `user.id` are the user's own." }),
    name: maybe(t, 'name', 'String', 'Their name.'),
    email: maybe(t, 'email', 'String', 'Their e-mail address.'),
    organizationId: maybe(t, 'organizationId', 'ID', 'The organisation they are of.'),
  }),
});

builder.objectFields(Viewer, (t) => ({
  genesysUser: t.field({
    type: GenesysUser,
    nullable: true,
    description: paragraphs(
      'Who the user is in Genesys Cloud: read once and remembered. Null with an error where Genesys Cloud is off ' +
        '(`NOT_CONFIGURED`) or the user has not signed in to it (`UNAUTHENTICATED`).',
      asks('GET /api/v2/users/me'),
    ),
    resolve: (_, __, { conversations }) => conversations.user(),
  }),
  conversations: t.field({
    type: [CallConversation],
    nullable: { list: true, items: false },
    description: paragraphs(
      'The conversations in Genesys Cloud in which the user takes part by phone, ringing ones included. Null with an ' +
        'error where `genesysUser` is.',
      asks('GET /api/v2/conversations/calls'),
    ),
    extensions: READS,
    resolve: (_, __, { conversations }) => conversations.list(),
  }),
  genesysLiveSource: t.field({
    type: LiveSource,
    nullable: true,
    description:
      'How changes of conversations come to be known at this moment: it may change at any time. Null while nobody watches one, or the list of them. ' +
      'Costs nothing.',
    resolve: (_, __, { conversations }) => conversations.liveSource(),
  }),
}));
