/** The browsers in which a user is signed in at the gateway, and how to end them. */
import { builder, keyedBy, paragraphs } from './builder.ts';
import type { SignInSession as SignInSessionModel } from './model.ts';

/** A browser in which a user is signed in. */
export const SignInSession = builder.objectRef<SignInSessionModel>('SignInSession').implement({
  description: paragraphs(
    'A browser in which the user is signed in at this gateway. It ends when it is not used for eight hours, after seven ' +
      'days, when its user signs out or ends it, or when the phone system ends the sign-in behind it.',
    keyedBy('id'),
  ),
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'What `endSession` takes. It is not what the cookie holds, and opens nothing.',
    }),
    begunAt: t.expose('begunAt', { type: 'DateTime', description: 'When the user signed in.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      description:
        'When the browser last asked for something, or had a stream open; some minutes may be missing.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it ends unless it is used until then.',
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the browser calls itself (`User-Agent`): anything may stand there.',
    }),
    isCurrent: t.exposeBoolean('isCurrent', { description: 'Whether this very request came by it.' }),
  }),
});

interface Ended {
  readonly isEnded: boolean;
  readonly sessions: () => Promise<readonly SignInSessionModel[]>;
}

const EndSessionPayload = builder.objectRef<Ended>('EndSessionPayload').implement({
  description: 'What became of `endSession`.',
  fields: (t) => ({
    isEnded: t.exposeBoolean('isEnded', {
      description: 'False where the user has no session of this id (any more): then nothing was done.',
    }),
    sessions: t.field({
      type: [SignInSession],
      description: 'The sessions that the user has now.',
      resolve: ({ sessions }) => sessions(),
    }),
  }),
});

builder.mutationField('endSession', (t) =>
  t.field({
    type: EndSessionPayload,
    description:
      'Signs the user out in one browser: its sockets are closed with 4403, and it has to sign in again. With the last one ' +
      'the sign-in at the phone system ends too.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of one of `viewer { sessions }`.' }) },
    resolve: async (_source, { id }, { provider }) => ({
      isEnded: await provider.endSignInSession(id),
      sessions: () => provider.signInSessions(),
    }),
  }),
);
