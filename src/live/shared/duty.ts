/** The duty of one viewer's desk: what it needs, and what may be asked of it. `desk-duty.ts` has its states. */
import type { Commons } from '../../commons/commons.ts';
import type { SealingKey } from '../../commons/seal.ts';
import type { Kind } from '../shape.ts';
import type { Board } from './board.ts';
import type { Asked, Errands } from './wishes.ts';

/** Where a gateway stands. */
export type Role = 'off' | 'alone' | 'joining' | 'leading' | 'following';

/** The desk whose duty it is. */
export interface DutyHost<K extends Kind> {
  /** `inherited`: what brings back what the last leader listened with. */
  entered(role: Role, inherited: string | null): void;
  /** Others wish something; only whoever leads is told. */
  errands(errands: Errands): void;
  /** Whoever leads has told something; only followers are told. */
  posted(board: Board<K>): void;
  /** Calls that are watched here, in words that only those who know them recognise. */
  watched(): readonly string[];
  /** Resolves when everything that was seen is told. */
  settled(): Promise<void>;
  /** Now and then, while it leads. */
  beat(): void;
  /** Listens no more, and answers what brings it back elsewhere; null where there is nothing. */
  release(): string | null;
  /** True while it still listens although nobody here wishes anything. */
  isLingering(): boolean;
}

export interface DutyTimes {
  /** Milliseconds after which whoever says nothing has left it. */
  readonly term: number;
}

export const DUTY_TIMES: DutyTimes = {
  term: 6_000, // 6 seconds: with the look at every call, less than ten of silence
};

export interface DutyParts<K extends Kind> {
  readonly commons: Commons;
  /** Whose desk: the same at all gateways, and of nobody else. */
  readonly owner: () => string;
  readonly seal: SealingKey;
  readonly host: DutyHost<K>;
  /** A defect; the duty goes on. */
  readonly onDefect: (error: unknown) => void;
  readonly times?: Partial<DutyTimes> | undefined;
}

export interface Duty<K extends Kind> {
  readonly role: Role;
  /** Of whoever leads; null: nobody is known to. */
  readonly fence: number | null;
  /** By how many milliseconds the clock of the store is ahead of ours; 0 where they agree well enough. */
  readonly ahead: number;
  /** Somebody here wants a call to be watched, or nobody does any more. */
  wish(callId: string, isWished: boolean): void;
  wishList(isWished: boolean): void;
  /** Asks whoever leads about a call that is wished for. */
  ask(callId: string, what: keyof Asked): void;
  askForList(): void;
  /** What is wished beside the calls; null: nothing. */
  wishBeside(what: string | null): void;
  /** Asks whoever leads for all that stands beside the calls. */
  askForBeside(): void;
  /** Tells the others; only whoever leads does. */
  post(board: Board<K>): void;
  /** What brings back what is listened with, for whoever leads next. */
  leave(inheritance: string | null): void;
  /** The calls that are watched here are others now. */
  watchedChanged(): void;
  /** True where another gateway watches the call. */
  isWatchedElsewhere(callId: string): Promise<boolean>;
  /** There is no live token of the viewer here (any more), or there is. */
  allow(isAble: boolean): void;
  /** This gateway is going: others shall lead as soon as any wants to. */
  drain(): void;
  stop(): Promise<void>;
}
