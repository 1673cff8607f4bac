/** What RingCentral's calls are made of, for the live room. */
import type { ActiveCall, CallParty, CallSession, PartyAddress, PartyStatus } from '../../schema/model.ts';
import type { ActiveCallEvent, CallEvent, CallPartyUpdate } from '../../schema/provider.ts';
import type { Kind } from '../live/shape.ts';

/** Its types, under one name. */
export interface RingCentralKind extends Kind {
  readonly Call: CallSession;
  readonly Party: CallParty;
  readonly Status: PartyStatus;
  readonly Place: PartyAddress;
  readonly Entry: ActiveCall;
  readonly Sight: readonly SeenParty[];
  readonly Event: CallEvent;
  readonly Update: CallPartyUpdate;
  readonly ListEvent: ActiveCallEvent;
}

/** A party as somebody saw it; `observedAt` tells when. */
export type SeenParty = Pick<
  CallParty,
  'id' | 'extensionId' | 'status' | 'direction' | 'conferenceRole' | 'observedAt'
>;
