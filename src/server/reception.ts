import { absentCalls } from '../../schema/absent.ts';
import { NotConfigured, Unauthenticated } from '../../schema/failures.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { NO_SECOND_IDENTITY, type SecondIdentity, secondByToken } from './second-identity.ts';
import type { Gatekeeper, Shown, SystemGatekeeper, SystemVisitor, Visitor } from './visitor.ts';

/** One phone system that is on. */
export interface Entrance<Provider> {
  readonly gatekeeper: SystemGatekeeper<Provider>;
  /** Whoever shows nothing is somebody all the same: it is played. */
  readonly takesAnybody: boolean;
}

/** Null: it is off. One of them is on. */
export interface ReceptionParts {
  readonly ringCentral: Entrance<CallProvider> | null;
  readonly genesys: Entrance<ConversationProvider> | null;
}

/** Makes it. */
export function createReception({ ringCentral, genesys }: ReceptionParts): Gatekeeper {
  const stop = () => {
    ringCentral?.gatekeeper.stop?.();
    genesys?.gatekeeper.stop?.();
  };
  if (genesys === null) {
    const { gatekeeper } = on(ringCentral);
    return {
      recognise: ({ authorization }) => gatekeeper.recognise(authorization),
      admit: ({ authorization }, knock) => gatekeeper.admit(authorization, knock),
      stop,
    };
  }
  if (ringCentral === null) {
    const { gatekeeper } = genesys;
    return {
      recognise: (shown) => gatekeeper.recognise(eitherOf(shown)),
      admit: async (shown, knock) => alone(await gatekeeper.admit(eitherOf(shown), knock), isOff),
      stop,
    };
  }

  return {
    recognise(shown) {
      if (isGenesysOnly(shown)) return genesys.gatekeeper.recognise(shown.genesysAuthorization);
      try {
        return ringCentral.gatekeeper.recognise(shown.authorization);
      } catch (error) {
        throw withOtherPlace(error, shown);
      }
    },
    async admit(shown, knock) {
      const { authorization, genesysAuthorization } = shown;
      if (isGenesysOnly(shown)) {
        return alone(await genesys.gatekeeper.admit(genesysAuthorization, knock), isNotShown);
      }
      const first = await ringCentral.gatekeeper.admit(authorization, knock).catch((error: unknown) => {
        throw withOtherPlace(error, shown);
      });
      if (genesysAuthorization === null && !genesys.takesAnybody) return both(first, NO_SECOND_IDENTITY);
      return both(first, secondByToken(genesys.gatekeeper, genesysAuthorization, knock?.address ?? ''));
    },
    stop,
  };

  function isGenesysOnly({ authorization, genesysAuthorization }: Shown): boolean {
    return authorization === null && genesysAuthorization !== null && ringCentral?.takesAnybody === false;
  }
}

/** Somebody at both. What is theirs is counted, and their sockets live, by who they are at RingCentral. */
export function both(first: SystemVisitor<CallProvider>, second: SecondIdentity): Visitor {
  return {
    ...first,
    genesys: (visit) => second.provider(visit),
    currentConversation: (id) => second.currentCall(id),
    get sharedAs() {
      return `${first.viewerId}\n${second.name()}`;
    },
  };
}

const alones = new WeakMap<SystemVisitor<ConversationProvider>, Visitor>();

/** Somebody at Genesys Cloud, and nobody at RingCentral, for this reason, which stays the same as long as they are known. */
export function alone(visitor: SystemVisitor<ConversationProvider>, refusal: Refusal): Visitor {
  const known = alones.get(visitor);
  if (known !== undefined) return known;
  const { currentCall, browsers, ...rest } = visitor;
  const calls = absentCalls(refusal, browsers);
  const made: Visitor = {
    ...rest,
    ...(currentCall && { currentConversation: currentCall }),
    provider: () => calls,
    genesys: (visit) => visitor.provider(visit),
  };
  alones.set(visitor, made);
  return made;
}

/** Why somebody is nobody at RingCentral. */
export type Refusal = Parameters<typeof absentCalls>[0];

/** It is switched off. */
export const isOff: Refusal = () => new NotConfigured('ringcentral');

const isNotShown: Refusal = () =>
  new Unauthenticated('Show a token of RingCentral: "Authorization: Bearer <token>".', OF_RINGCENTRAL);

const OF_RINGCENTRAL = { system: 'ringcentral' } as const;

/** Stands before what RingCentral says, and is short enough that a close frame has all of it. */
const OTHER_PLACE =
  'RingCentral takes no such token; one of Genesys Cloud goes in X-Genesys-Authorization or genesysAuthorization';

/** Whoever shows one token may have meant the other phone system, whose token has a place of its own. */
function withOtherPlace(error: unknown, { authorization, genesysAuthorization }: Shown): unknown {
  const mayBeOther = authorization !== null && genesysAuthorization === null;
  if (!mayBeOther || !(error instanceof Unauthenticated)) return error;
  return new Unauthenticated(`${OTHER_PLACE}: ${error.message}`, error.trace, { cause: error });
}

/** Where Genesys Cloud is alone, both headers are for it. */
function eitherOf({ authorization, genesysAuthorization }: Shown): string | null {
  return genesysAuthorization ?? authorization;
}

function on<Value>(system: Value | null): Value {
  if (system === null) throw new TypeError('One of the phone systems is on.');
  return system;
}
