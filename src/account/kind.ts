/** What the calls of an account are made of: the words of the schema, as the live room takes them in. */
import type { ActiveCall, CallParty, CallSession, PartyStatus } from '../../schema/model.ts';
import type { Kind } from '../live/shape.ts';

/** The calls of whoever has accounts, as far as the account looks into them; what they mean is handed in as a shape. */
export interface CompanyKind extends Kind {
  readonly Call: CallSession;
  readonly Party: CallParty;
  readonly Status: PartyStatus;
  readonly Entry: ActiveCall;
}
