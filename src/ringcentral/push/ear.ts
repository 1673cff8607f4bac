/** Who listens for a viewer, and who is told: the words of `listener.ts`. */
import type { Interest, Reach } from '../../account/source.ts';
import type { WireNotification } from '../wire.ts';
import type { Filter } from './filters.ts';
import type { Recoverable } from './listening.ts';
import { SOCKET_TIMES, type SocketTimes } from './socket.ts';

/** Where a listener stands, for whoever asks how live things are. */
export type ListenerState = 'connecting' | 'listening' | 'recovering' | 'denied';

/** Who is told, in order. */
export interface ListenerEar {
  /** Something came by itself. */
  heard(notification: WireNotification, receivedAt: number): void;
  /**
   * It stands elsewhere now. `mayHaveMissed`: what happened since it last listened may be lost, so that everything
   * known must be read again.
   */
  entered(
    state: ListenerState,
    facts: { readonly mayHaveMissed: boolean; readonly reason: string | null },
  ): void;
  /** What brings back what it hears by, should it end without a word; null: nothing does. */
  kept?(inheritance: Inheritance | null): void;
  /** What is told beyond the viewer's own calls reaches so far now; null: nothing is, for the moment. */
  reached?(reach: Reach | null, mayHaveMissed: boolean): void;
}

/** What whoever listens next needs, to hear what was told meanwhile. */
export interface Inheritance extends Pick<Recoverable, 'wsc' | 'subscriptionId'> {
  /** What is told beyond the viewer's own calls. */
  readonly beyond: readonly Filter[];
}

/** Times in milliseconds. */
export interface ListenerTimes extends SocketTimes {
  /** Between two looks whether the token of the socket must be renewed: its socket ends with it. */
  readonly renewal: number;
  /** Between two changes of what is told beyond the viewer's own calls. */
  readonly widening: number;
}

export const LISTENER_TIMES: ListenerTimes = {
  ...SOCKET_TIMES,
  renewal: 30_000, // 30 seconds: RingCentral's shortest-lived tokens are due two minutes before their end
  widening: 1_000, // 1 second
};

export interface Listener {
  readonly state: ListenerState;
  /**
   * Listens for this beyond the viewer's own calls, as far as it may; null: for nothing more. True: how far it reaches then
   * is told once that is known.
   */
  widen(interest: Interest | null): boolean;
  /** The viewer has shown another token: what was denied to the last one may be granted to it. */
  newToken(): void;
  /**
   * The sign-in that its socket belongs to is about to end: gives the subscription back, hangs up, and listens again by
   * another token, where there is one. Resolves when the old socket is done with.
   */
  move(): Promise<void>;
  /** Deletes the subscription where that is possible, and hangs up. */
  stop(): void;
  /** Hangs up and leaves the subscription to another; null: there is nothing to be brought back. */
  handOver(): Inheritance | null;
}
