/** Whoever works in the simulated organisation of Genesys Cloud, and what each may do. */

/** A user, with whatever of them the calls need. */
export interface GenesysPerson {
  readonly id: string;
  readonly name: string;
  /** What they are, for whoever chooses one of them. */
  readonly role: string;
  readonly email: string;
  /** The short name that controls, faults and the journal use: `ada`, whose token is `gsim-ada`. */
  readonly handle: string;
  /** The phone that is theirs; null: they cannot take part in calls. */
  readonly stationId: string | null;
  readonly extension: string | null;
  readonly permissions: readonly string[];
}

const AGENT = [
  'conversation:call:add',
  'conversation:conference:add',
  'conversation:call:record',
  'conversation:communication:view',
  'conversation:communication:disconnect',
  'conversation:communication:blindTransfer',
  'conversation:communication:blindTransferAgent',
  'conversation:communication:blindTransferQueue',
  'conversation:communication:blindTransferExternalContact',
  'conversation:communication:consultTransfer',
  'conversation:communication:consultTransferAgent',
  'conversation:communication:consultTransferQueue',
  'conversation:communication:consultTransferExternalContact',
  'conversation:participant:wrapup',
  'conversation:recording:pauseOthers',
  'conversation:recording:snippetRecord',
];
/** Whoever has it hears of the calls of other users and of queues. */
export const MAY_OBSERVE = 'analytics:conversationObservation:view';
const SUPERVISOR = [
  ...AGENT,
  'conversation:call:monitor',
  'conversation:call:coach',
  'conversation:call:barge',
  MAY_OBSERVE,
];
const ADMIN = [...SUPERVISOR, 'conversation:agentlessCall:add', 'conversation:participant:attributesview'];

const person = (
  handle: string,
  name: string,
  role: string,
  id: string,
  extension: string | null,
  permissions: readonly string[],
): GenesysPerson => ({
  ...{ id, name, role, handle, extension, permissions },
  email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
  stationId: extension === null ? null : `5e1a0000-0000-4000-8000-00000000${extension}`,
});

/** Everybody who is in the lists. The first is whom a caller without a token is taken for. */
export const PEOPLE: readonly GenesysPerson[] = [
  person('ada', 'Ada Lind', 'team lead', '6f1c2a9e-0b7d-4c53-9a42-51d0c7e8a101', '2001', SUPERVISOR),
  person('ben', 'Ben Okoro', 'agent', '2d94e0f7-83c1-4e6a-b7f5-0c9b64d2e102', '2002', AGENT),
  person('cleo', 'Cleo Marsh', 'supervisor', 'b80a57c3-1e4f-42d9-8c06-7fa3d915c103', '2003', SUPERVISOR),
  person('dana', 'Dana Ruiz', 'admin', '94c7d1b2-5f80-4a3e-a6d9-2b18e0f7d104', '2004', ADMIN),
  person('eli', 'Eli Novak', 'agent without a station', 'e35b8f60-7c2d-4918-b4a1-86d90c3fe105', null, AGENT),
  person('fay', 'Fay Quist', 'without any permission', '0a6d94e8-c1b3-4f72-95e0-d47b2f8af106', '2006', []),
];

/** What every static token begins with; the rest is the handle. */
const TOKEN = 'gsim-';

/** Tokens that work without signing in, one for each, the default agent's first. */
export const GENESYS_TOKENS: readonly string[] = PEOPLE.map(({ handle }) => `${TOKEN}${handle}`);

/** The token of an app that has signed in by itself: no user stands behind it. */
export const APP_TOKEN = `${TOKEN}app`;

/** By id, address or handle. */
export function personNamed(name: string): GenesysPerson | undefined {
  return PEOPLE.find(({ id, email, handle }) => [id, email, handle].includes(name)) ?? oneOfTheMany(name);
}

/** Whose static token it is. */
export function ownerOfStatic(token: string): GenesysPerson | undefined {
  const handle = token.startsWith(TOKEN) ? token.slice(TOKEN.length) : '';
  return PEOPLE.find((one) => one.handle === handle) ?? oneOfTheMany(handle);
}

/** For tests with many users, each number from 10000 to 19999 is an agent, who is in no list and no queue. */
function oneOfTheMany(name: string): GenesysPerson | undefined {
  const number = /^(?:0{8}-0{4}-4000-8000-0000000)?(1\d{4})$/.exec(name)?.[1];
  return number === undefined
    ? undefined
    : {
        id: `00000000-0000-4000-8000-0000000${number}`,
        name: `Agent ${number}`,
        role: 'agent',
        email: `agent.${number}@example.com`,
        handle: number,
        stationId: `5e1a0000-0000-4000-8000-0000000${number}`,
        extension: number,
        permissions: AGENT,
      };
}
