/** What the operations on the company read alike: whom something is about, which page, and what may be known. */
import { extensionById } from '../account.ts';
import { accountUri } from '../bodies.ts';
import type { Asked } from '../operation.ts';
import { invalid, notFound, otherExtension } from '../refusals.ts';
import type { Extension } from './extension.ts';
import { presenceRefusal } from './rights.ts';

/**
 * Whom a request is about; `~` is whoever asks.
 * @throws {Refusal} 404 for nobody.
 */
export function extensionOf(asked: Asked, id = asked.params.extensionId ?? '~'): Extension {
  const extension = id === '~' ? asked.viewer : extensionById(id);
  if (extension === undefined) throw notFound('extensionId');
  return extension;
}

/** @throws {Refusal} 403 for anybody else. */
export function ownExtension(asked: Asked): Extension {
  const extension = extensionOf(asked);
  if (extension.id !== asked.viewer.id) throw otherExtension();
  return extension;
}

/**
 * The same, or anybody where an admin asks.
 * @throws {Refusal} 403 for somebody else.
 */
export function managedExtension(asked: Asked): Extension {
  return asked.viewer.role === 'admin' ? extensionOf(asked) : ownExtension(asked);
}

/**
 * Somebody whose presence whoever asks may see.
 * @throws {Refusal} 404 for nobody, 403 for somebody else.
 */
export function seenExtension(asked: Asked, id?: string): Extension {
  const extension = extensionOf(asked, id);
  const refused = presenceRefusal(asked.viewer, extension, showsPresence(asked, extension));
  if (refused !== null) throw refused;
  return extension;
}

/** Whether somebody lets everybody see what they are doing. */
export function showsPresence({ board }: Pick<Asked, 'board'>, { id }: Extension): boolean {
  return board.staff.statusOf(id).allowSeeMyPresence;
}

/** Which page of a list is asked for. */
export interface PageWanted {
  readonly page: number;
  readonly perPage: number;
}

/**
 * @param perPage Where none is asked for.
 * @param most Nobody gets more.
 */
export function pageWanted({ query }: Asked, perPage = 100, most = 1_000): PageWanted {
  const read = (name: string, otherwise: number) => {
    const text = query.get(name);
    if (text === null) return otherwise;
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > most) throw invalid(name, text);
    return number;
  };
  return { page: read('page', 1), perPage: read('perPage', perPage) };
}

/**
 * The values of a parameter that may come several times, each of them one that is known; none: all fit.
 * @throws {Refusal} 400 for another one.
 */
export function choices<Choice extends string>(
  { query }: Asked,
  name: string,
  known: readonly Choice[],
): readonly Choice[] {
  return query.getAll(name).map((text) => {
    const choice = known.find((one) => one === text);
    if (choice === undefined) throw invalid(name, text);
    return choice;
  });
}

/** The address of something in the account. */
export function uriOf({ origin }: Pick<Asked, 'origin'>, path: string): string {
  return `${accountUri(origin)}/${path}`;
}
