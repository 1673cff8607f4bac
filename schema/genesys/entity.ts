/** Something of the organisation that a conversation points to, by its name. */
import { builder, keyedBy, paragraphs } from '../builder.ts';
import type { EntityRef } from './model.ts';
import { EntityKind } from './words.ts';

/** Whoever or whatever it is. */
export const EntityReference = builder.objectRef<EntityRef>('EntityReference').implement({
  description: paragraphs(
    'Something of the Genesys Cloud organisation that a conversation points to, like a user or a queue.',
    keyedBy('id'),
  ),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id.' }),
    kind: t.expose('kind', { type: EntityKind, description: 'What it is.' }),
    name: t.string({
      nullable: true,
      description:
        'Its name. Where the conversation does not tell it, it is read, all of a kind at once, and remembered for a ' +
        'while. Null where there is none, the user may not see it, or it cannot be read just now.',
      extensions: { readsElsewhere: true },
      resolve: (entity, _, { conversations }) => conversations.name(entity),
    }),
  }),
});
