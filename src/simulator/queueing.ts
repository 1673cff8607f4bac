/**
 * Calls of queues: whom they ring, and how they wait.
 *
 * ```text
 *   somebody calls ──an agent is free──► the agents ring           the leg of the queue has ended
 *        │                                   ▲     │
 *        │                     one gets free │     │ all that rang have let it go by
 *        └──nobody is free──► the caller waits ◄───┘                on a leg of the queue, which rings nobody
 * ```
 *
 * Free is an agent who takes calls of the queue and has no call, or has some where the setting `busyAgents` lets them be
 * rung. A call that waits does not come back to somebody who
 * has let it go by.
 */
import { type Call, type Callee, changeParty, isPresent, newLeg, type Party } from './call.ts';
import type { Extension } from './company/extension.ts';
import { QUEUES, type Queue } from './company/groups.ts';
import { ownCalls } from './company/presence.ts';
import { agentsOf } from './company/staff.ts';
import { endpointOf, insider } from './dialing.ts';
import { join, type Switchboard } from './switchboard.ts';

/** From now on whoever gets free is rung by the call that waits longest. */
export function playQueues(board: Switchboard): void {
  const serveAll = () => {
    for (const queue of QUEUES) serve(board, queue);
  };
  board.onChange(serveAll);
  board.staff.onChange(serveAll);
}

/** The agents whom a call of the queue would ring now. */
export function freeAgents(board: Switchboard, queue: Queue): readonly Extension[] {
  const agents = agentsOf(queue, board.staff);
  if (board.settings.busyAgents === 'ring') return agents;
  // A call that somebody has parked keeps them from nothing.
  return agents.filter((agent) => ownCalls(agent, board).every(([, { code }]) => code === 'Parked'));
}

/** The leg that rings an agent. It is the queue that is called, and whose name stands before the caller's. */
export function agentLeg(queue: Queue, caller: Callee['endpoint'], agent: Extension): Omit<Party, 'id'> {
  const name = `${queue.extension.name} - ${caller.name ?? caller.phoneNumber}`;
  const to = { extensionId: agent.id, endpoint: endpointOf(queue.extension) };
  return { ...newLeg({ ...caller, name }, to, 'Proceeding'), queueCall: true };
}

/** The leg on which a caller waits. */
export function waitingLeg(queue: Queue, caller: Callee['endpoint']): Omit<Party, 'id'> {
  return newLeg(caller, insider(queue.extension), 'Setup');
}

/** Nobody that it rang takes a call: it rings the others who are free, or the caller waits. */
export function passOn(board: Switchboard, call: Call, queue: Queue, but: Extension): void {
  const caller = callerOf(call);
  if (caller === undefined) return;
  const others = freeAgents(board, queue).filter(({ id }) => id !== but.id);
  if (others.length === 0) join(board, call, waitingLeg(queue, caller));
  for (const agent of others) join(board, board.call(call.id), agentLeg(queue, caller, agent));
}

/** Rings whoever is free for the calls of a queue that wait, the longest first. */
function serve(board: Switchboard, queue: Queue): void {
  for (const { id } of board.callsOf(queue.extension.id)) {
    const call = board.find(id);
    const leg = call?.parties.find((party) => party.extensionId === queue.extension.id && isPresent(party));
    const caller = call === undefined ? undefined : callerOf(call);
    if (call === undefined || leg === undefined || caller === undefined) continue;
    const hadIt = (agent: Extension) => call.parties.some(({ extensionId }) => extensionId === agent.id);
    const agents = freeAgents(board, queue).filter((agent) => !hadIt(agent));
    const [first, ...others] = agents;
    if (first === undefined) continue;
    const left = changeParty(call, leg.id, { code: 'Disconnected' }, board.now());
    join(board, left, agentLeg(queue, caller, first));
    for (const agent of others) join(board, board.call(id), agentLeg(queue, caller, agent));
  }
}

/** Whoever called. */
function callerOf({ parties: [caller] }: Call): Callee['endpoint'] | undefined {
  return caller?.from;
}
