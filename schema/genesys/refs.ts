/** The types of Genesys Cloud that point to each other, named before either is described. */
import { builder } from '../builder.ts';
import type * as model from './model.ts';

/** A conversation. */
export const CallConversation = builder.objectRef<model.CallConversation>('CallConversation');
/** A participant of a conversation, on the call medium. */
export const CallMediaParticipant = builder.objectRef<model.CallMediaParticipant>('CallMediaParticipant');

/** The last paragraph of a description: the permission that a request needs, where one is listed, and the request. */
export function asks(address: string, permission?: string): string {
  const needed = permission === undefined ? '' : `Needs the permission ${permission}. `;
  return `${needed}Costs one request to Genesys Cloud: \`${address}\`.`;
}
