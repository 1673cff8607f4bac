/** What RingCentral's calls are made of, for the live room. */
import type { CallParty, PartyAddress } from '../../schema/model.ts';
import type { ActiveCallEvent, CallEvent, CallPartyUpdate } from '../../schema/provider.ts';
import type { CompanyKind } from '../account/kind.ts';

/** Its types, under one name; those of an account among them. */
export interface RingCentralKind extends CompanyKind {
  readonly Place: PartyAddress;
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
