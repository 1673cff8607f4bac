/**
 * Live conversations without anybody calling: something to look at, always.
 *
 * One conversation with fixed ids goes round its states for ever, so that an example can point to it; the conversations for
 * the other examples are those of `stage.ts`. Beside them others come, are answered, held, handed on, recorded, listened to,
 * missed, wrapped up, and end. Whatever a user does to one is done; the story goes on from there.
 */
import { createTurns, type StorySettings, type Turns } from '../turns.ts';
import { type Action, act } from './acting.ts';
import type { Centre } from './centre.ts';
import { type Conversation, endAll, find, type Transfer } from './conversation.ts';
import { userLeg } from './legs.ts';
import { transferBlind } from './moving.ts';
import { WRAPUP_CODES } from './organisation.ts';
import { isPresent, type Participant } from './participant.ts';
import type { GenesysPerson } from './people.ts';
import { type ConversationOrder, startConversation } from './placing.ts';
import type { GenesysRefusal } from './refusals.ts';
import { createGenesysStage, GENESYS_DEMO, STORY_PEOPLE } from './stage.ts';
import { supervise } from './supervising.ts';

export interface GenesysStory extends Turns {
  /** A request for a conversation is about to be answered: those of the examples make ready for it. */
  expect(operationId: string, conversationId: string): void;
}

/** Plays at the pace of the settings. Its first conversations are there at once. */
export function createGenesysStory(centre: Centre, settings: () => StorySettings): GenesysStory {
  const stage = createGenesysStage(centre);
  let demo = demoAtStart();
  let scenes: Scene[] = [];
  const turns = createTurns(settings, play);

  function play(turn: number): void {
    demo = playDemo(centre, demo);
    const script = SCRIPTS[(turn / TURNS_PER_SCENE) % SCRIPTS.length];
    if (script !== undefined && scenes.length < SCENES_AT_ONCE) scenes.push(openScene(centre, script));
    else scenes = scenes.filter((scene) => playScene(centre, scene));
    stage.turn();
  }

  return {
    ...turns,
    expect(operationId, conversationId) {
      if (settings().story) stage.ready(operationId, conversationId);
    },
    restart() {
      stage.clear();
      demo = demoAtStart();
      scenes = [];
      turns.restart();
    },
  };
}

/** What happens to the conversation that never ends, one step at a time. */
const ROUND: readonly Action[][] = [
  [{ name: 'answer' }],
  [{ name: 'mute', muted: true }],
  [{ name: 'mute', muted: false }],
  [{ name: 'hold', held: true }],
  [{ name: 'hold', held: false }],
  [{ name: 'record', recording: true }],
  [{ name: 'flag', reason: 'general' }],
  [{ name: 'record', recording: false }],
  [{ name: 'flag', reason: null }],
];

/**
 * Turns that it stays away after its end. It comes back with the ids it had, which no conversation of Genesys Cloud does,
 * so it gives whoever watched it time to forget it: more than a minute.
 */
const TURNS_AWAY = 20;

interface Demo {
  readonly step: number;
  readonly away: number;
}

/** As if it had been away long enough, so that it comes at once. */
function demoAtStart(): Demo {
  return { step: 0, away: TURNS_AWAY };
}

function playDemo(centre: Centre, { step, away }: Demo): Demo {
  const { conversationId, ownId, otherId } = GENESYS_DEMO;
  const now = centre.find(conversationId);
  const own = now === undefined ? undefined : find(now, ownId);
  if (own !== undefined && isPresent(own)) {
    const actions = ROUND[step % ROUND.length] ?? [];
    for (const action of actions)
      centre.change(conversationId, (conversation, at) => act(conversation, ownId, action, at));
    return { step: step + 1, away: 0 };
  }
  // Handed on by somebody: then it ends soon.
  if (away === TURNS_TO_END)
    centre.change(conversationId, (conversation, at) => endAll(conversation, 'endpoint', at));
  if (away < TURNS_AWAY) return { step, away: away + 1 };
  startConversation(centre, {
    ...{ kind: 'inbound', from: '+12025550123', to: 'ada', queue: 'Support', state: 'alerting' },
    ...{ id: conversationId, ownId, otherId, attributes: { language: 'en', reason: 'invoice' } },
  });
  return { step: 0, away: 0 };
}

const TURNS_TO_END = 2;

/** What happens to a conversation in one turn; a refusal: nothing. */
type Beat = (conversation: Conversation, at: number, centre: Centre) => Conversation | GenesysRefusal;

interface Script {
  readonly order: ConversationOrder;
  readonly beats: readonly Beat[];
}

interface Scene {
  readonly conversationId: string;
  readonly beats: Beat[];
}

const SCENES_AT_ONCE = 3;
const TURNS_PER_SCENE = 3;

const { ada, ben, cleo } = STORY_PEOPLE;

/** The newest participant of a user does something that its state allows. */
const does =
  ({ id }: GenesysPerson, action: Action): Beat =>
  (conversation, at) => {
    const own = lastOf(conversation, (one) => one.userId === id);
    return own === undefined ? conversation : act(conversation, own.id, action, at);
  };
const answers = (person: GenesysPerson): Beat => does(person, { name: 'answer' });
const waits: Beat = (conversation) => conversation;
const customerLeaves: Beat = (conversation, at) => {
  const customer = conversation.participants[0];
  const action = { name: 'disconnect', disconnectType: 'endpoint' } as const;
  return customer === undefined ? conversation : act(conversation, customer.id, action, at);
};
const wrapsUp =
  (person: GenesysPerson): Beat =>
  (conversation, at, centre) => {
    const wrapup = {
      ...{ code: WRAPUP_CODES[0]?.id ?? '', notes: 'All done', tags: [], durationSeconds: 4 },
      ...{ endTime: at, provisional: false },
    };
    return does(person, { name: 'wrapUp', wrapup })(conversation, at, centre);
  };
const handsOn =
  (from: GenesysPerson, to: GenesysPerson): Beat =>
  (conversation, at, centre) => {
    const own = lastOf(conversation, (one) => one.userId === from.id);
    if (own === undefined) return conversation;
    const leg = userLeg(centre, to, { state: 'alerting', direction: 'inbound' });
    const transfer: Transfer = {
      id: centre.ids().id,
      state: 'Complete',
      issuedAt: at,
      initiatorUserId: from.id,
      userId: to.id,
      address: null,
      type: 'Unattended',
    };
    return transferBlind(conversation, own.id, { leg, transfer }, at);
  };
const listensTo =
  (listener: GenesysPerson, person: GenesysPerson): Beat =>
  (conversation, at, centre) => {
    const own = lastOf(conversation, (one) => one.userId === person.id);
    const leg = userLeg(centre, listener, { state: 'contacting', direction: 'inbound' });
    return own === undefined ? conversation : supervise(conversation, own.id, 'monitor', leg, at);
  };

const inbound = (to: string, queue: string, from: string): ConversationOrder => ({
  ...{ kind: 'inbound', state: 'alerting', to, queue, from },
});

const SCRIPTS: readonly Script[] = [
  {
    order: inbound('ada', 'Support', '+12025550148'),
    beats: [
      answers(ada),
      does(ada, { name: 'hold', held: true }),
      does(ada, { name: 'hold', held: false }),
      customerLeaves,
      wrapsUp(ada),
    ],
  },
  {
    order: inbound('ben', 'Sales', '+12025550149'),
    beats: [answers(ben), waits, handsOn(ben, cleo), answers(cleo), wrapsUp(ben), customerLeaves],
  },
  {
    order: { kind: 'internal', from: 'ben', to: 'ada' },
    beats: [
      waits,
      answers(ada),
      does(ben, { name: 'mute', muted: true }),
      does(ben, { name: 'disconnect', disconnectType: 'client' }),
    ],
  },
  // Nobody is there: the voicemail answers.
  {
    order: { kind: 'direct', from: '+12025550151', to: 'ada' },
    beats: [waits, waits, waits, customerLeaves],
  },
  {
    order: { kind: 'outbound', from: 'ada', to: '+12025550152', queue: 'Feedback' },
    beats: [
      waits,
      does(ada, { name: 'record', recording: true }),
      waits,
      does(ada, { name: 'disconnect', disconnectType: 'client' }),
    ],
  },
  {
    order: inbound('ben', 'Support', '+12025550153'),
    beats: [answers(ben), listensTo(cleo, ben), waits, customerLeaves, wrapsUp(ben)],
  },
];

function openScene(centre: Centre, { order, beats }: Script): Scene {
  return { conversationId: startConversation(centre, order).id, beats: [...beats] };
}

/** Plays the next beat; false when the scene is over, and its conversation with it. */
function playScene(centre: Centre, { conversationId, beats }: Scene): boolean {
  const beat = beats.shift();
  if (beat !== undefined) {
    centre.change(conversationId, (conversation, at) => beat(conversation, at, centre));
    return true;
  }
  centre.change(conversationId, (conversation, at) => endAll(conversation, 'endpoint', at));
  return false;
}

function lastOf({ participants }: Conversation, is: (one: Participant) => boolean): Participant | undefined {
  const all = [...participants].reverse().filter(is);
  return all.find((one) => isPresent(one)) ?? all[0];
}
