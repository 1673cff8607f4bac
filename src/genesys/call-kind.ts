/** What Genesys Cloud's conversations are made of, for the live room. */
import type { CallActivity } from '../../schema/activity.ts';
import type { CallConversation, CallMediaParticipant, ParticipantState } from '../../schema/genesys/model.ts';
import type {
  CallMediaParticipantUpdate,
  ConversationEvent,
  ConversationListEvent,
} from '../../schema/genesys/provider.ts';
import type { Kind } from '../live/shape.ts';

/** Its types, under one name. */
export interface GenesysKind extends Kind {
  readonly Call: CallConversation;
  readonly Party: CallMediaParticipant;
  readonly Status: { readonly state: ParticipantState | null; readonly activity: CallActivity };
  /** Nobody moves to another conversation. */
  readonly Place: never;
  /** The list is of conversations as they are. */
  readonly Entry: CallConversation;
  readonly Sight: CallConversation;
  readonly Event: ConversationEvent;
  readonly Update: CallMediaParticipantUpdate;
  readonly ListEvent: ConversationListEvent;
}
