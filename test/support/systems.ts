/** The phone systems through the public door: a call of each, watched by GraphQL, so that one suite runs over all of them. */
import { createHash } from 'node:crypto';
import type { Simulator } from '../../src/simulator/server.ts';
import { answerPage } from './browser-sessions.ts';
import { signIn } from './gateway.ts';
import { callUser, type Played } from './genesys-house.ts';

/** A call under way, in which the viewer talks. */
export interface OwnCall {
  readonly id: string;
  /** The viewer's own party. */
  readonly own: string;
  hold(isHeld: boolean): void;
  /** The state of the own party, as {@link Told} says it; undefined: there is none (any more). */
  truth(): string | undefined;
}

/** What an event told. A state is what a party does, and then whether it is muted: `HOLD false`. */
export type Told =
  | { readonly kind: 'state'; readonly parties: ReadonlyMap<string, string> }
  | {
      readonly kind: 'change';
      readonly id: string;
      readonly now: string;
      /** What it did before; null: it was not there. */
      readonly before: string | null;
    }
  | { readonly kind: 'notice'; readonly notice: string };

export interface SystemUnderTest {
  readonly name: string;
  /** The setting that names its address. */
  readonly address: 'RINGCENTRAL_SERVER_URL' | 'GENESYS_API_URL';
  /** Signs the viewer in once more: a token of theirs that can be ended. */
  signIn(simulator: Simulator): Promise<string>;
  /** Makes a token useless. */
  revoke(simulator: Simulator, token: string): void;
  /** Watches the call `$id` from the cursor `$after`; its one field is called `event`. */
  readonly events: string;
  /** What can befall its notifications. */
  readonly losses: readonly string[];
  call(simulator: Simulator): OwnCall;
  // biome-ignore lint/suspicious/noExplicitAny: an event is whatever the operation selects.
  told(event: any): Told;
  /** Lets one of its losses happen. */
  lose(simulator: Simulator, loss: string): void;
}

export const RINGCENTRAL: SystemUnderTest = {
  name: 'RingCentral',
  address: 'RINGCENTRAL_SERVER_URL',
  signIn: (simulator) => signIn({ simulator }),
  revoke: (simulator, token) => simulator.revoke(token),
  events: /* GraphQL */ `
    subscription Events($id: ID!, $after: ID) {
      event: callEvents(sessionId: $id, after: $after) {
        __typename
        ... on CallSnapshot { cursor reason session { parties { id muted status { code } } } }
        ... on CallPartyChange { cursor skipped previousStatus { code } party { id muted status { code } } }
        ... on CallStreamNotice { cursor kind }
      }
    }
  `,
  losses: ['cut'],
  call(simulator) {
    const { id, parties } = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    const own = parties[1]?.id ?? '';
    return {
      ...{ id, own },
      hold: (isHeld) => void simulator.moveParty(id, own, { code: isHeld ? 'Hold' : 'Answered' }),
      truth() {
        const one = simulator.calls().find((call) => call.id === id)?.parties?.[1];
        return one && `${String(one.status?.code).toUpperCase()} ${one.muted}`;
      },
    };
  },
  told(event) {
    if (event.__typename === 'CallSnapshot') return stateOf(event.session.parties, ringCentralState);
    if (event.__typename === 'CallStreamNotice') return { kind: 'notice', notice: event.kind };
    const { party, previousStatus } = event;
    return {
      kind: 'change',
      id: party.id,
      now: ringCentralState(party),
      before: previousStatus?.code ?? null,
    };
  },
  lose: (simulator) => void simulator.troublePush({ do: 'cut' }),
};

export const GENESYS: SystemUnderTest = {
  name: 'Genesys Cloud',
  address: 'GENESYS_API_URL',
  signIn: signInAda,
  revoke: (simulator, token) => simulator.genesys.revoke(token),
  events: /* GraphQL */ `
    subscription Events($id: ID!, $after: ID) {
      event: conversationEvents(conversationId: $id, after: $after) {
        __typename
        ... on ConversationSnapshot { cursor reason conversation { participants { id muted activity } } }
        ... on CallMediaParticipantChange { cursor skipped previousActivity participant { id muted activity } }
        ... on ConversationStreamNotice { cursor kind }
      }
    }
  `,
  losses: ['cut', 'evict', 'closing'],
  call(simulator) {
    const { id, participantId: own } = callUser({ simulator });
    return {
      ...{ id, own },
      hold: (held) => void simulator.genesys.move(id, own, { held }),
      truth() {
        const all = simulator.genesys.conversations() as unknown as readonly Played[];
        const one = all.find((each) => each.id === id)?.participants.find((each) => each.id === own);
        if (one === undefined) return undefined;
        const { held, muted } = one as { readonly held?: boolean; readonly muted?: boolean };
        return `${held === true ? 'ON_HOLD' : one.state.toUpperCase()} ${muted}`;
      },
    };
  },
  told(event) {
    if (event.__typename === 'ConversationSnapshot')
      return stateOf(event.conversation.participants, genesysState);
    if (event.__typename === 'ConversationStreamNotice') return { kind: 'notice', notice: event.kind };
    const { participant, previousActivity } = event;
    return { kind: 'change', id: participant.id, now: genesysState(participant), before: previousActivity };
  },
  lose: (simulator, loss) =>
    void simulator.genesys.troubleChannels({ do: loss as 'cut' | 'evict' | 'closing' }),
};

export const SYSTEMS: readonly SystemUnderTest[] = [RINGCENTRAL, GENESYS];

function stateOf<Party extends { readonly id: string }>(
  parties: readonly Party[],
  state: (party: Party) => string,
): Told {
  return { kind: 'state', parties: new Map(parties.map((one) => [one.id, state(one)])) };
}

interface ShownParty {
  readonly id: string;
  readonly muted: boolean | null;
  readonly status: { readonly code: string };
}

const ringCentralState = ({ status, muted }: ShownParty) => `${status.code} ${muted}`;

interface ShownParticipant {
  readonly id: string;
  readonly muted: boolean | null;
  readonly activity: string;
}

const genesysState = ({ activity, muted }: ShownParticipant) => `${activity} ${muted}`;

const VERIFIER = 'v'.repeat(43);
const APP = { client_id: 'any', redirect_uri: 'http://127.0.0.1:4000/auth/callback' };

async function signInAda({ url }: Simulator): Promise<string> {
  const asked = new URLSearchParams({
    ...{ ...APP, response_type: 'code', state: 's', code_challenge_method: 'S256' },
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  });
  const back = await answerPage(new URL(`${url}/oauth/authorize?${asked}`), { user: 'ada.lind@example.com' });
  const code = new URL(back).searchParams.get('code') ?? '';
  const form = { ...APP, grant_type: 'authorization_code', code, code_verifier: VERIFIER };
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await response.json()) as { readonly access_token: string };
  return access_token;
}
