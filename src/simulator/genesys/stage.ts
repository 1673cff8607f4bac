/**
 * The conversations that the examples point to. Their ids never change, and each is ready for its command whenever that
 * comes: in any order, again after it was ended, and whatever the story has just done to it.
 *
 * ```text
 *   somebody reads it, or its command comes ──it is not there, or is over──► it is as its command needs it ──► the command
 *                                                                               ▲                                │
 *                                                                               └── what was done is undone ◄────┤ a while after
 *   it hangs up by itself ◄── nobody came back for a minute ◄────────────────────────────────────────────────────┘
 * ```
 *
 * A command is not helped along in the moment in which it comes, as those of RingCentral are: whoever sends one here looks
 * before and after, and would see no difference. None of them is there before somebody asks for it, so that nobody's list is
 * full of them. The conversation that never ends is only answered, if it still rings.
 */
import type { Centre } from './centre.ts';
import { type Conversation, change, connect, find, join, leave, type Transfer } from './conversation.ts';
import { outsideLeg, userLeg } from './legs.ts';
import { consult } from './moving.ts';
import { type GenesysPerson, PEOPLE } from './people.ts';
import { type ConversationOrder, startConversation } from './placing.ts';
import { GenesysRefusal } from './refusals.ts';
import { tearDown } from './whole.ts';

/** The ids of a conversation that an example points to. */
export interface StagedIds {
  readonly conversationId: string;
  /** Of the user whom it is about: the default agent, or the one who is supervised. */
  readonly ownId: string;
  /** Of the other end: the customer, or whoever is outside. */
  readonly otherId: string;
  /** Of a third one, where there is one. */
  readonly thirdId: string;
}

function idsOf(number: number): StagedIds {
  const id = (position: number) => `de300000-0000-4000-8000-00000000${number}0${position}`;
  return { conversationId: id(0), ownId: id(1), otherId: id(2), thirdId: id(3) };
}

/** The conversation that never ends: a customer of Support, and the default agent. */
export const GENESYS_DEMO = idsOf(10);

/** The other conversations of the examples, named for what they are there for. */
export const GENESYS_STAGED = {
  /** Rings at the default agent: to answer it. */
  ringing: idsOf(11),
  /** Rings at the default agent, for them alone: to send it to their voicemail. */
  personal: idsOf(12),
  /** To hold it, mute it, record it, flag it, or note something of it. */
  talking: idsOf(22),
  /** Held, muted, recorded, held back and flagged: to undo that. */
  held: idsOf(23),
  /** To hand it on, unseen. */
  transfer: idsOf(13),
  /** To ask somebody about it. */
  asking: idsOf(14),
  /** Somebody is being asked about it: to speak to another one, to complete it, to cancel it. */
  consultation: idsOf(15),
  /** Three talk: to confine one, to bring in others. */
  conference: idsOf(16),
  /** Another one of the default agent's, which can be brought into the conference. */
  guest: idsOf(17),
  /** Over, and not yet wrapped up. */
  afterCall: idsOf(18),
  /** To hang up, for one or for all. */
  ending: idsOf(19),
  /** Of another agent: to monitor, coach, barge. */
  supervised: idsOf(20),
  /** Parked. */
  parked: idsOf(21),
} as const;
type Staged = keyof typeof GENESYS_STAGED;

export interface GenesysStage {
  /** A request for a conversation is about to be answered: it is made ready, if it is one of these. */
  ready(operationId: string, conversationId: string): void;
  /** Time passes: what was left alone hangs up. */
  turn(): void;
  clear(): void;
}

/** Turns until a conversation that nobody comes to hangs up: a minute at the usual pace. */
const TURNS_TO_STAY = 15;
/**
 * Turns after which what a command did is undone, or what it ended can begin again. It does with the ids it had, so whoever
 * looked at it has time to forget that: more than ten seconds at the usual pace.
 */
const TURNS_TO_REST = 4;

/** One that was asked for. */
interface Asked {
  /** In turns. */
  readonly at: number;
  readonly hadCommand: boolean;
}

export function createGenesysStage(centre: Centre): GenesysStage {
  const asked = new Map<Staged, Asked>();
  /** In which turn a conversation was first seen as it is. */
  const seen = new WeakMap<Conversation, number>();
  let turns = 0;

  function place(name: Staged): void {
    SCENES[name](centre, GENESYS_STAGED[name]);
    asked.set(name, { at: turns, hadCommand: false });
  }

  /** Still as its command needs it. */
  function isReady(name: Staged): boolean {
    const { conversationId, ownId } = GENESYS_STAGED[name];
    const conversation = centre.find(conversationId);
    if (conversation === undefined || (name === 'consultation' && conversation.consult === null))
      return false;
    return find(conversation, ownId)?.state === (OWN_STATES[name] ?? 'connected');
  }

  function rested(name: Staged): boolean {
    return turns - (asked.get(name)?.at ?? Number.NEGATIVE_INFINITY) >= TURNS_TO_REST;
  }

  /** Calls that a user has placed would go on for ever, where nobody plays their far end. */
  function hangUpForgotten(): void {
    for (const one of centre.conversations()) {
      if (one.endedAt !== null || one.participants[0]?.userId == null || STAGED_IDS.has(one.id)) continue;
      const since = seen.get(one) ?? turns;
      seen.set(one, since);
      if (turns - since >= TURNS_TO_STAY) centre.change(one.id, tearDown);
    }
  }

  return {
    ready(operationId, conversationId) {
      const isCommand = !operationId.startsWith('get');
      if (conversationId === GENESYS_DEMO.conversationId) {
        if (isCommand && operationId !== 'deleteConversation') answerDemo(centre);
        return;
      }
      const name = NAMES.find((one) => GENESYS_STAGED[one].conversationId === conversationId);
      if (name === undefined) return;
      // The conference is for bringing another one in.
      for (const one of name === 'conference' ? [name, 'guest' as const] : [name]) {
        if (!isReady(one) && (isCommand || rested(one))) place(one);
        if (isCommand) asked.set(one, { at: turns, hadCommand: true });
      }
    },
    turn() {
      turns += 1;
      for (const [name, { at, hadCommand }] of asked) {
        if (turns - at >= TURNS_TO_STAY) {
          asked.delete(name);
          const { conversationId } = GENESYS_STAGED[name];
          centre.change(conversationId, tearDown);
        } else if (hadCommand && rested(name) && UNDONE.has(name) && isReady(name)) {
          place(name);
        }
      }
      hangUpForgotten();
    },
    clear: () => asked.clear(),
  };
}

/** What the user of each is where they do not talk. */
const OWN_STATES: Readonly<Partial<Record<Staged, string>>> = {
  ...{ ringing: 'alerting', personal: 'alerting', afterCall: 'disconnected', parked: 'parked' },
};
/** Those in which what a command did can be undone. */
const UNDONE: ReadonlySet<Staged> = new Set(['talking', 'held']);

const NAMES = Object.keys(GENESYS_STAGED) as Staged[];
const STAGED_IDS: ReadonlySet<string> = new Set(NAMES.map((name) => GENESYS_STAGED[name].conversationId));
const [ADA, BEN, CLEO] = PEOPLE as readonly [GenesysPerson, GenesysPerson, GenesysPerson];

function answerDemo(centre: Centre): void {
  const { conversationId, ownId } = GENESYS_DEMO;
  centre.change(conversationId, (conversation, at) => connect(conversation, ownId, at));
}

type Scene = (centre: Centre, ids: StagedIds) => void;

const talk =
  (from: string, changes: Partial<ConversationOrder> = {}): Scene =>
  (centre, ids) =>
    begin(centre, ids, {
      kind: 'inbound',
      from,
      to: 'ada',
      queue: 'Support',
      state: 'connected',
      ...changes,
    });

const SCENES: Readonly<Record<Staged, Scene>> = {
  ringing: talk('+12025550131', { state: 'alerting' }),
  personal: talk('+12025550132', { kind: 'direct', state: 'alerting' }),
  talking: talk('+12025550143'),
  held(centre, ids) {
    talk('+12025550144')(centre, ids);
    centre.change(ids.conversationId, (conversation, at) =>
      change(
        conversation,
        ids.ownId,
        {
          ...{
            held: true,
            startHoldTime: at,
            muted: true,
            recording: true,
            snippet: true,
            securePause: true,
          },
          flaggedReason: 'general',
        },
        at,
      ),
    );
  },
  transfer: talk('+12025550133'),
  asking: talk('+12025550134'),
  consultation(centre, ids) {
    talk('+12025550135')(centre, ids);
    const leg = {
      ...userLeg(centre, BEN, { state: 'alerting', direction: 'inbound' }),
      ...{ id: ids.thirdId, communicationId: `c${ids.thirdId.slice(1)}` },
    };
    const transfer: Transfer = {
      id: centre.ids().id,
      state: 'Active',
      issuedAt: centre.now(),
      initiatorUserId: ADA.id,
      userId: BEN.id,
      address: null,
      type: 'Attended',
    };
    centre.change(ids.conversationId, (conversation, at) => {
      const asked = consult(conversation, ids.otherId, ADA.id, { leg, transfer, speakTo: 'DESTINATION' }, at);
      return asked instanceof GenesysRefusal ? asked : connect(asked, leg.id, at);
    });
  },
  conference(centre, ids) {
    begin(centre, ids, { kind: 'outbound', from: 'ada', to: '+12025550136', state: 'connected' });
    const third = outsideLeg(centre, '+12025550139', {
      purpose: 'external',
      state: 'connected',
      direction: 'outbound',
    });
    const leg = { ...third, id: ids.thirdId, communicationId: `c${ids.thirdId.slice(1)}` };
    centre.change(ids.conversationId, (conversation, at) =>
      join({ ...conversation, isConference: true }, leg, at),
    );
  },
  guest: talk('+12025550137'),
  afterCall(centre, ids) {
    talk('+12025550138')(centre, ids);
    centre.change(ids.conversationId, (conversation, at) => {
      const patient = change(conversation, ids.ownId, { wrapupTimeoutMs: null }, at);
      return leave(patient, ids.otherId, 'endpoint', at);
    });
  },
  ending: talk('+12025550140'),
  supervised: talk('+12025550141', { to: 'ben' }),
  parked(centre, ids) {
    talk('+12025550142')(centre, ids);
    centre.change(ids.conversationId, (conversation, at) =>
      change(
        conversation,
        ids.ownId,
        { state: 'parked', extras: { parkTime: new Date(at).toISOString() } },
        at,
      ),
    );
  },
};

function begin(
  centre: Centre,
  { conversationId, ownId, otherId }: StagedIds,
  order: ConversationOrder,
): void {
  startConversation(centre, { ...order, id: conversationId, ownId, otherId });
}

/** Whoever else the story needs. */
export const STORY_PEOPLE = { ada: ADA, ben: BEN, cleo: CLEO } as const;
