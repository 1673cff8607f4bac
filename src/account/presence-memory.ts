/** What the extensions of an account do: of each the latest, whoever brought it. Bounded. */
import { isDeepStrictEqual } from 'node:util';
import type { Presence } from '../../schema/account/model.ts';
import type { PresenceNews } from './source.ts';

/** What is held of an extension. */
export interface KnownPresence {
  readonly presence: Presence;
  readonly sequence: number | null;
  /** When the newest was told or asked for, epoch milliseconds. */
  readonly at: number;
}

export class PresenceMemory {
  readonly #most: number;
  readonly #known = new Map<string, KnownPresence>();

  /** `most`: of so many extensions. */
  constructor(most: number) {
    this.#most = most;
  }

  all(): readonly KnownPresence[] {
    return [...this.#known.values()];
  }

  get(extensionId: string): Presence | undefined {
    return this.#known.get(extensionId)?.presence;
  }

  known(extensionId: string): KnownPresence | null {
    return this.#known.get(extensionId) ?? null;
  }

  /** Takes in what was told: what is held now, where that is something else. */
  hear(news: PresenceNews): KnownPresence | 'old' | 'known' {
    const { extensionId, sequence, receivedAt } = news;
    const known = this.#known.get(extensionId);
    const last = known?.sequence ?? null;
    if (sequence !== null && last !== null && sequence <= last) return 'old';
    return this.#see(news.presence(known?.presence ?? null), sequence ?? last, receivedAt);
  }

  /** Takes in what a read showed that was asked for at `sentAt`. */
  take(presence: Presence, sentAt: number): KnownPresence | 'old' | 'known' {
    const known = this.#known.get(presence.extensionId);
    if (known !== undefined && sentAt < known.at) return 'old';
    return this.#see(presence, known?.sequence ?? null, sentAt);
  }

  /** Holds what another gateway holds; true where that is something else. */
  restore(known: KnownPresence): boolean {
    const { presence } = known;
    const earlier = this.get(presence.extensionId);
    this.#known.set(presence.extensionId, known);
    return earlier === undefined || !isSamePresence(earlier, presence);
  }

  /** Holds what was held before something was seen; null: nothing. */
  undo(extensionId: string, before: KnownPresence | null): void {
    if (before === null) this.#known.delete(extensionId);
    else this.#known.set(extensionId, before);
  }

  /** Decides again what was seen here, now that others have told something: the later one counts. */
  takeAgain({ presence, sequence, at }: KnownPresence): KnownPresence | 'old' | 'known' {
    const { sequence: last = null, at: lastAt = -Infinity } = this.known(presence.extensionId) ?? {};
    const [place, lastPlace] = [sequence ?? -Infinity, last ?? -Infinity];
    const isLater = place === lastPlace ? at > lastAt : place > lastPlace;
    return isLater ? this.#see(presence, sequence, at) : 'old';
  }

  clear(): void {
    this.#known.clear();
  }

  #see(presence: Presence, sequence: number | null, at: number): KnownPresence | 'old' | 'known' {
    const { extensionId } = presence;
    const known = this.#known.get(extensionId);
    if (known === undefined && this.#known.size >= this.#most) return 'old';
    if (known !== undefined && isSamePresence(known.presence, presence)) {
      this.#known.set(extensionId, { presence: known.presence, sequence, at });
      return 'known';
    }
    const observedAt = Math.max(presence.observedAt, (known?.presence.observedAt ?? 0) + 1);
    const next: KnownPresence = { presence: { ...presence, observedAt }, sequence, at };
    this.#known.set(extensionId, next);
    return next;
  }
}

function isSamePresence(one: Presence, other: Presence): boolean {
  return isDeepStrictEqual(undated(one), undated(other));
}

function undated(presence: Presence): Presence {
  const activeCalls = presence.activeCalls.map((call) => ({ ...call, observedAt: 0 }));
  return { ...presence, activeCalls, observedAt: 0 };
}
