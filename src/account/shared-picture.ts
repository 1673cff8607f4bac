/**
 * The whole of an account in a cell, for gateways that join: whoever leads writes it when it is wanted, and each gateway
 * that reads the account hears when there is another.
 *
 * ```text
 *   wanted ──it may be written──► writing ──written, or not──► resting, until it is wanted again
 *                ▲                    └── wanted meanwhile ──► wanted
 *                └── not while something is still to be told: it says how the account is at a place in the log
 * ```
 */
import { Apart, type Cell, type Stop } from '../commons/commons.ts';
import { KEEP_EVERY } from '../live/shared/call-ledger.ts';
import type { BesideSharing } from '../live/shared/desk-sharing.ts';
import type { AccountCodec, Picture } from './tidings.ts';

export interface SharedPictureParts {
  readonly sharing: Pick<BesideSharing, 'commons' | 'owner'>;
  readonly codec: Pick<AccountCodec, 'writePicture' | 'readPicture'>;
  /** How it is now; null: that is not to be written. */
  readonly current: () => Picture | null;
  readonly onDefect: (error: unknown) => void;
}

export interface SharedPicture {
  /** Calls `hear` when there is another. */
  follow(hear: () => void): Stop;
  /** Null where there is none, or none that can be read. */
  read(): Promise<Picture | null>;
  /** It is to be written. */
  want(): void;
  /** It is to be written where that is long ago. */
  keep(): void;
  /** It may be written now; resolves when it is. */
  write(): Promise<void>;
}

/** It lives so much longer than it is kept. */
export const LIFETIME = 3 * KEEP_EVERY;

/** Makes it; nobody wants it. */
export function createSharedPicture({
  sharing,
  codec,
  current,
  onDefect,
}: SharedPictureParts): SharedPicture {
  const { commons, owner } = sharing;
  const cell: Cell<string> = commons.cell<string>({
    word: 'picture',
    write: (text) => text,
    read: (text) => text,
  });
  const key = () => ({ owner: owner(), name: 'account' });
  let isWanted = false;
  let isWriting = false;
  let writtenAt = -Infinity;

  return {
    follow: (hear) => cell.follow(key(), hear),
    async read() {
      const text = await cell.update(key(), (value) => ({ result: value }));
      return text === null ? null : codec.readPicture(text);
    },
    want,
    keep() {
      if (performance.now() - writtenAt > KEEP_EVERY && (commons.fleet()?.size ?? 1) > 1) want();
    },
    write,
  };

  function want(): void {
    isWanted = true;
    void write();
  }

  async function write(): Promise<void> {
    if (!isWanted || isWriting) return;
    const picture = current();
    if (picture === null) return;
    isWanted = false;
    isWriting = true;
    writtenAt = performance.now();
    try {
      const text = codec.writePicture(picture);
      await cell.update(key(), () => ({ value: text, lifetime: LIFETIME, tell: true, result: null }));
    } catch (error) {
      isWanted = true;
      if (!(error instanceof Apart)) onDefect(error);
      return;
    } finally {
      isWriting = false;
    }
    await write();
  }
}
