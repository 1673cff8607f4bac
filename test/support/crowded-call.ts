/** Calls of the simulator with as many parties as a test wants. */
import type { Simulator } from '../../src/simulator/server.ts';

/** A connected call of extension 101 with so many parties. */
export function crowdedCall(simulator: Simulator, parties: number): string {
  const { id = '' } = simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  simulator.switchboard.change(id, (call) => ({
    ...call,
    parties: Array.from({ length: parties }, (_, index) => {
      const like = call.parties[Math.min(index, 1)];
      if (like === undefined) throw new Error('A connected call has two parties.');
      return { ...like, id: `${id.replace('s-', 'p-')}-${index + 1}` };
    }),
  }));
  return id;
}

/** The way from a call to its parties, back, and so on: each time it multiplies by the parties. */
export function circles(count: number, inside = 'id'): string {
  return count === 0 ? inside : `parties { session { ${circles(count - 1, inside)} } }`;
}
