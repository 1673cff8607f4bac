/** What every resolver is handed: the phone systems of the viewer, and their answers of this operation. */
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { absentConversations } from './absent.ts';
import { type AccountReads, createAccountReads } from './account/loaders.ts';
import type { Presence } from './account/model.ts';
import { NotConfigured } from './failures.ts';
import type { ConversationProvider } from './genesys/provider.ts';
import { type ConversationReads, createConversationReads } from './genesys/reads.ts';
import { type CallParty, type CallSession, findParty, type PartyAddress } from './model.ts';
import type { CallProvider } from './provider.ts';
import { settled } from './settled.ts';

/** One operation of one viewer. In a subscription it lives as long as the stream, or is made anew for each event. */
export interface GatewayContext {
  /** RingCentral, for the viewer. */
  readonly provider: CallProvider;
  /** Genesys Cloud, for the viewer. */
  readonly genesys: ConversationProvider;
  /** Names the operation in every log line and error. */
  readonly requestId: string;
  readonly loaders: CallLoaders;
  /** What is asked about the viewer, each once per operation. */
  readonly viewer: ViewerReads;
  /** What is asked of the account, each thing once until the next event or command. */
  readonly account: AccountReads;
  /** What is asked of Genesys Cloud, each thing once until the next event or command. */
  readonly conversations: ConversationReads;
  /** Forgets what was read before this event, and takes its sessions as the truth. */
  forEvent(...sessions: readonly CallSession[]): void;
  /** Forgets what was read before a command, because it changed something, and takes its answer as the truth. */
  afterCommand(answer: {
    readonly session?: CallSession | null;
    readonly party?: CallParty | null;
    readonly presence?: Presence | null;
  }): void;
}

/** Reads of calls, each once until the next event or command. */
export interface CallLoaders {
  /** A call by its id, read once however often it is asked for. */
  readonly session: DataLoader<string, CallSession | null>;
  /** A party by its address. Read alone only when nothing else of its session is asked for; else the session is. */
  readonly party: DataLoader<PartyAddress, CallParty | null, string>;
}

/** The reads that need no id. */
export type ViewerReads = Pick<
  CallProvider,
  'viewer' | 'activeCalls' | 'devices' | 'forwardingNumbers' | 'liveSource' | 'signInSessions'
>;

/** Genesys Cloud where it is off. */
const GENESYS_IS_OFF = absentConversations(() => new NotConfigured('genesys'));

/**
 * Makes the context of one operation. A door may copy its fields into a context of its own, so none of them is replaced later:
 * what starts anew does so inside.
 */
export function createContext(parts: {
  readonly provider: CallProvider;
  /** Left out: it is off. */
  readonly genesys?: ConversationProvider | undefined;
  readonly requestId: string;
}): GatewayContext {
  const { provider, requestId } = parts;
  const loaders = new LazyLoaders(provider);
  let genesys: ConversationProvider | null = null;
  let account: AccountReads | null = null;
  let conversations: ConversationReads | null = null;
  return {
    provider,
    // Handed in as a getter by whoever wants it made only for those who ask.
    get genesys() {
      genesys ??= parts.genesys ?? GENESYS_IS_OFF;
      return genesys;
    },
    get account() {
      account ??= createAccountReads(provider.account);
      return account;
    },
    get conversations() {
      conversations ??= createConversationReads(this.genesys);
      return conversations;
    },
    requestId,
    loaders,
    viewer: {
      viewer: once(() => provider.viewer()),
      activeCalls: once(() => provider.activeCalls()),
      devices: once(() => provider.devices()),
      forwardingNumbers: once(() => provider.forwardingNumbers()),
      liveSource: () => provider.liveSource(),
      signInSessions: once(() => provider.signInSessions()),
    },
    forEvent(...sessions) {
      account?.startAnew();
      loaders.startAnew(sessions);
    },
    afterCommand({ session = null, party = null, presence = null }) {
      // Also where nothing was read before: the answer of the command is to be known.
      if (account !== null || presence !== null) this.account.startAnew(presence);
      loaders.startAnew(session === null ? [] : [session], party);
    },
  };
}

/** Made when they are of use: there is a context for each event, and most select nothing beside what it brings. */
class LazyLoaders implements CallLoaders {
  readonly #provider: CallProvider;
  #loaders: CallLoaders | null = null;
  /** What need not be asked for. */
  #sessions: readonly CallSession[] = [];
  #party: CallParty | null = null;

  constructor(provider: CallProvider) {
    this.#provider = provider;
  }

  get session(): CallLoaders['session'] {
    return this.#made().session;
  }

  get party(): CallLoaders['party'] {
    return this.#made().party;
  }

  /** Forgets what was read, and takes these as the truth. */
  startAnew(sessions: readonly CallSession[], party: CallParty | null = null): void {
    this.#loaders = null;
    this.#sessions = sessions;
    this.#party = party;
  }

  #made(): CallLoaders {
    this.#loaders ??= createLoaders(this.#provider, this.#sessions, this.#party);
    return this.#loaders;
  }
}

function createLoaders(
  provider: CallProvider,
  sessions: readonly CallSession[],
  known: CallParty | null,
): CallLoaders {
  const askedSessions = new Map<string, Promise<CallSession | null>>();

  const session = new DataLoader<string, CallSession | null>(
    (ids) => settled(ids.map((id) => provider.callSession(id))),
    { cacheMap: askedSessions },
  );
  const party = new DataLoader<PartyAddress, CallParty | null, string>(
    (addresses) => {
      const asked = countBySession(addresses);
      return settled(
        addresses.map((address) =>
          asked.get(address.sessionId) === 1 && !askedSessions.has(address.sessionId)
            ? provider.callParty(address)
            : partyOfSession(session, address),
        ),
      );
    },
    { cacheKeyFn: ({ sessionId, partyId }) => `${sessionId} ${partyId}` },
  );
  for (const one of sessions) session.prime(one.id, one);
  if (known !== null) party.prime({ sessionId: known.sessionId, partyId: known.id }, known);
  return { session, party };
}

/** A party, read with its whole session when the client also asks for what only the session can tell. */
export function loadParty(
  context: GatewayContext,
  address: PartyAddress,
  info: GraphQLResolveInfo,
): Promise<CallParty | null> {
  const { session, party } = context.loaders;
  return selects(info, NEEDS_SESSION) ? partyOfSession(session, address) : party.load(address);
}

async function partyOfSession(
  sessions: CallLoaders['session'],
  { sessionId, partyId }: PartyAddress,
): Promise<CallParty | null> {
  const session = await sessions.load(sessionId);
  return session === null ? null : (findParty(session, partyId) ?? null);
}

/** Fields of a party that are answered from its session. */
const NEEDS_SESSION: ReadonlySet<string> = new Set(['session', 'call', 'availableActions']);

/** True when the client asks for one of these fields directly below the field being resolved. */
function selects(info: GraphQLResolveInfo, names: ReadonlySet<string>): boolean {
  // Each fragment is looked into once: nested fragments that repeat each other would double the work per level.
  const seen = new Set<string>();
  const looksInto = (selectionSet: SelectionSetNode | undefined): boolean =>
    selectionSet?.selections.some((selection) => {
      if (selection.kind === 'Field') return names.has(selection.name.value);
      if (selection.kind === 'InlineFragment') return looksInto(selection.selectionSet);
      const name = selection.name.value;
      if (seen.has(name)) return false;
      seen.add(name);
      return looksInto(info.fragments[name]?.selectionSet);
    }) ?? false;
  return info.fieldNodes.some((field) => looksInto(field.selectionSet));
}

function countBySession(addresses: readonly PartyAddress[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { sessionId } of addresses) counts.set(sessionId, (counts.get(sessionId) ?? 0) + 1);
  return counts;
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => {
    answer ??= read();
    return answer;
  };
}
