/**
 * How an account comes to be known: what is listened for, how far what is told by itself reaches, and when it is asked for.
 *
 * ```text
 *   it is said what is listened for ──► told so far ──► asked for once ──► told, and asked for where it does not reach
 *         │      ▲                          └── something may have been missed: asked for again
 *         │      └──────── listening begins again, and reaches as far ────────┐
 *         └── no word within a while, nobody listens, it was lost ──► asked for meanwhile
 * ```
 */
import { Forbidden } from '../../schema/failures.ts';
import type { BesideDesk, BesideTurn } from '../live/beside.ts';
import type { CompanyKind } from './kind.ts';
import { type AccountEar, type AccountListener, type Interest, OUT_OF_REACH, type Reach } from './source.ts';
import type { Surveyor } from './surveyor.ts';
import type { Wants } from './wants.ts';

export interface HearingParts {
  readonly desk: Pick<BesideDesk<CompanyKind>, 'isDeaf' | 'beginning'>;
  readonly wants: Pick<Wants, 'all' | 'row'>;
  readonly surveyor: Surveyor;
  /** Nothing is asked for in place of what is not told. */
  readonly pushOnly: boolean;
  /** Somebody looks, and it is this gateway that asks. */
  readonly isAsking: () => boolean;
  /** It is known what other gateways hold. */
  readonly isOpen: () => boolean;
  /** It may reach another way now. */
  readonly onReach: () => void;
  readonly onLost: () => void;
  /** It is not told, and must not be asked for. */
  readonly onUntold: (error: Forbidden) => void;
}

export interface Hearing {
  /** How far what is told by itself reaches; null: nothing is. */
  readonly reach: Reach | null;
  /** True while nothing tells by itself, and nothing will soon. */
  readonly isDeaf: boolean;
  /** Listening begins; whoever listens is told what it is for. */
  begin(widening: Widen): Pick<AccountEar, 'reached' | 'ended'>;
  /** Something else is looked at, or is known: says what is listened for. */
  level(): void;
  /** Goes on with what there is to do. */
  resume(): void;
  /** Another gateway asks from now on; what is told between the two of them nobody hears. */
  pause(): void;
  turned(turn: BesideTurn): void;
  /** Nobody looks. */
  rest(): void;
}

type Widen = Parameters<AccountListener['begin']>[0];

/** A socket is open sooner. */
const FIRST_WORD = 5_000; // 5 seconds

/** Makes it; nothing is listened for. */
export function createHearing(parts: HearingParts): Hearing {
  const { desk, wants, surveyor, pushOnly } = parts;
  let widen: Widen | null = null;
  let reach: Reach | null = null;
  /** It may reach further in a moment: what is asked for before that may change unheard, and is asked for again. */
  let isWidening = false;
  let beginning: NodeJS.Timeout | undefined;
  /** What told of everything was lost: it is asked for meanwhile. */
  let isLost = false;
  /** Nothing has told anything for so long that it is asked for. */
  let isLate = false;
  /** Another gateway asked until a moment ago: what was told between the two of them nobody has heard. */
  let mayHaveMissed = false;

  return {
    get reach() {
      return reach;
    },
    get isDeaf() {
      return desk.isDeaf() || isLost || isLate;
    },
    begin(widening) {
      widen = widening;
      level();
      return {
        reached,
        ended() {
          if (widen !== widening) return;
          widen = null;
          reach = null;
          isWidening = false;
          parts.onReach();
        },
      };
    },
    level,
    resume() {
      level();
      if (mayAsk() && reach !== null && !isWidening) askForAll(false);
      surveyor.level();
    },
    pause() {
      mayHaveMissed = true;
      surveyor.pause();
    },
    turned,
    rest() {
      stopWaiting();
      isLost = false;
      isLate = false;
      mayHaveMissed = false;
      reach = null;
      isWidening = false;
      widen?.(null);
      surveyor.rest();
    },
  };

  function mayAsk(): boolean {
    return parts.isAsking() && parts.isOpen();
  }

  /** While nothing answers, it is asked for. */
  function level(): void {
    if (!mayAsk()) return;
    isWidening = widen?.(interest()) ?? false;
    parts.onReach();
    if (reach !== null) return;
    if (desk.isDeaf()) {
      if (pushOnly) parts.onUntold(untold());
      else surveyor.begin();
      return;
    }
    beginning ??= setTimeout(() => {
      beginning = undefined;
      if (!parts.isAsking() || reach !== null) return;
      isLate = true;
      surveyor.begin();
    }, desk.beginning() ?? FIRST_WORD).unref();
  }

  function stopWaiting(): void {
    clearTimeout(beginning);
    beginning = undefined;
  }

  function interest(): Interest | null {
    const ids = [...wants.row];
    if (!wants.all) return ids.length === 0 ? null : { account: false, calls: [], presence: ids };
    const all = surveyor.extensionIds();
    return { account: true, calls: all, presence: [...new Set([...ids, ...all])] };
  }

  function reached(now: Reach | null, wasInterrupted: boolean): void {
    reach = now;
    isWidening = false;
    parts.onReach();
    if (!mayAsk()) return;
    if (now === null) {
      surveyor.unreached();
      return;
    }
    if (pushOnly && isWithoutHope(now)) {
      parts.onUntold(untold());
      return;
    }
    isLost = false;
    isLate = false;
    askForAll(wasInterrupted);
    level();
    surveyor.level();
  }

  /** Nothing is told, and single extensions were tried, too. */
  function isWithoutHope({ calls, presence }: Reach): boolean {
    const isNobody = [calls, presence].every((told) => told !== 'everybody' && told.size === 0);
    return isNobody && (!wants.all || surveyor.extensionIds().length > 0);
  }

  /** Once, unless something may have been missed. */
  function askForAll(isInDoubt: boolean): void {
    if (isInDoubt || mayHaveMissed) surveyor.survey();
    else surveyor.begin();
    mayHaveMissed = false;
  }

  function turned(turn: BesideTurn): void {
    if (!parts.isAsking()) return;
    switch (turn.kind) {
      case 'lost':
        if (reach === null && !surveyor.isSurveyed) return;
        isLost = true;
        parts.onLost();
        surveyor.level();
        break;
      case 'listening':
        // What is told again is known by `reached`, where it was not told for a while.
        if (turn.mayHaveMissed && turn.afterLoss) surveyor.resurvey();
        else if (turn.afterLoss) surveyor.recovered();
        isLost = false;
        break;
      case 'denied':
        isLost = false;
        if (pushOnly) parts.onUntold(untold());
        else reached(OUT_OF_REACH, false);
        break;
    }
  }
}

function untold(): Forbidden {
  return new Forbidden(
    'The account is told by notifications only (LIVE_SOURCE=push), and RingCentral does not let it be heard.',
    'WebSocketsSubscription',
  );
}
