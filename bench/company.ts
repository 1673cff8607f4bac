/**
 * A company of a thousand, for the work that watches its whole account: the simulator with its crowd, in this process, and
 * who looks at it. It has the real limits, and what has to be right here is more than a lean upstream knows: presence,
 * filters, the order of news.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawData, WebSocket } from 'ws';
import { createSimulator, type Simulator } from '../src/simulator/server.ts';
import type { Operation } from './websocket.ts';

/** A call of somebody in the crowd, who holds it and takes it back in turns. */
export interface CompanyCall {
  readonly id: string;
  /** The party that changes. */
  readonly partyId: string;
  /** The token of whose party it is. */
  readonly token: string;
}

export interface Company {
  readonly port: number;
  readonly simulator: Simulator;
  /** Begins so many more calls, each of somebody else; answers all that there are. */
  begin(count: number): readonly CompanyCall[];
  /** Changes these in turns, so many in a second, for so many seconds; answers how many changes that were. */
  change(calls: readonly CompanyCall[], perSecond: number, seconds: number): Promise<number>;
  stop(): Promise<void>;
}

/** The moments of changes that are to be seen, party by party. */
export interface Changes {
  /** Notes that this party is in this state now. */
  made(partyId: string, code: string): void;
  /** A screen that sees every change; it hands over each state that it is shown. */
  screen(): Seen;
}

/** What one screen has seen. */
export interface Seen {
  /** Milliseconds from the change to the screen. */
  readonly delays: readonly number[];
  saw(partyId: string, code: string): void;
  forget(): void;
}

const FIRST_OF_CROWD = 10_000;
const SHOWN_WITHIN = 60_000; // 1 minute, then its first frame was lost

/** Starts it; `crowd` extensions beside those with names, and nobody on the phone. */
export async function createCompany(crowd: number, changes: Changes): Promise<Company> {
  const simulator = await createSimulator({
    story: false,
    settings: { crowd, accountFilter: 'everybody', longPoll: 'ignore', pushDelay: 0 },
  });
  const calls: CompanyCall[] = [];
  const held = new Set<string>();
  return {
    port: Number(new URL(simulator.url).port),
    simulator,
    begin(count) {
      for (let begun = 0; begun < count; begun += 1) {
        const number = String(FIRST_OF_CROWD + calls.length);
        const { id, parties } = simulator.startCall({
          kind: 'inbound',
          from: '+12025550147',
          to: number,
          state: 'Answered',
        });
        calls.push({ id, partyId: parties[1]?.id ?? '', token: `sim-${number}` });
      }
      return calls;
    },
    async change(changing, perSecond, seconds) {
      const count = Math.round(perSecond * seconds);
      const started = performance.now();
      for (let turn = 0; turn < count; turn += 1) {
        const early = started + (turn * 1_000) / perSecond - performance.now();
        if (early > 0) await sleep(early);
        const { id, partyId } = changing[turn % changing.length] ?? { id: '', partyId: '' };
        const code = held.delete(partyId) ? 'Answered' : 'Hold';
        if (code === 'Hold') held.add(partyId);
        changes.made(partyId, code.toUpperCase());
        simulator.moveParty(id, partyId, { code });
      }
      return count;
    },
    stop: () => simulator.stop(),
  };
}

/** Makes them; nothing has changed. */
export function createChanges(): Changes {
  const screens: ((partyId: string, code: string) => void)[] = [];
  return {
    made(partyId, code) {
      for (const expect of screens) expect(partyId, code);
    },
    screen() {
      const due = new Map<string, { readonly code: string; readonly at: number }[]>();
      const delays: number[] = [];
      screens.push((partyId, code) => {
        const ofParty = due.get(partyId) ?? [];
        due.set(partyId, ofParty);
        ofParty.push({ code, at: performance.now() });
      });
      return {
        delays,
        saw(partyId, code) {
          const ofParty = due.get(partyId);
          // A party also comes again for what may be done with it.
          if (ofParty?.[0]?.code !== code) return;
          delays.push(performance.now() - (ofParty.shift()?.at ?? 0));
        },
        forget() {
          delays.length = 0;
          due.clear();
        },
      };
    },
  };
}

/** What a screen is sent. */
export interface Frame {
  readonly bytes: number;
  // biome-ignore lint/suspicious/noExplicitAny: the data is whatever the operation selects.
  readonly data: any;
}

/** A screen that subscribes to one thing, until it is closed; it waits for its first frame. */
export async function openScreen(
  { port }: { readonly port: number },
  token: string,
  operation: Pick<Operation, 'query'> & Partial<Operation>,
  onFrame: (frame: Frame) => void,
): Promise<{ close(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  const say = (message: object) => socket.send(JSON.stringify(message));
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  let patience: NodeJS.Timeout | undefined;
  const shown = new Promise<void>((resolve, reject) => {
    patience = setTimeout(() => reject(new Error('A screen was shown nothing')), SHOWN_WITHIN);
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`A screen was closed with ${code}`)));
    socket.on('message', (raw: RawData) => {
      const text = String(raw);
      const { type, payload } = JSON.parse(text);
      if (type === 'connection_ack') say({ id: '1', type: 'subscribe', payload: operation });
      else if (type === 'ping') say({ type: 'pong' });
      else if (type === 'next' && payload.errors === undefined) {
        onFrame({ bytes: Buffer.byteLength(text), data: payload.data });
        resolve();
      } else reject(new Error(`A screen was sent ${text.slice(0, 400)}`));
    });
  });
  try {
    await shown;
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    clearTimeout(patience);
  }
  return { close: () => socket.terminate() };
}
