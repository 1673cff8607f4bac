/** The turns of a story: the first at once, and then one after the other at the pace of the settings, while they want it. */

/** What the settings say of a story. */
export interface StorySettings {
  /** Plays; else all stays as it is. */
  readonly story: boolean;
  /** Milliseconds between two turns. */
  readonly storyPace: number;
}

export interface Turns {
  /** Plays or pauses, as the settings say now. */
  follow(): void;
  /** Begins again with the first turn. */
  restart(): void;
  /** Plays no more, whatever comes. */
  stop(): void;
}

/** @param play Plays a turn; the first is number 0. */
export function createTurns(settings: () => StorySettings, play: (turn: number) => void): Turns {
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;
  let stopped = false;

  function next(): void {
    play(turn);
    turn += 1;
  }

  function follow(): void {
    clearTimeout(timer);
    if (stopped || !settings().story) return;
    if (turn === 0) next();
    timer = setTimeout(() => {
      next();
      follow();
    }, settings().storyPace);
  }

  return {
    follow,
    restart() {
      turn = 0;
      follow();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
