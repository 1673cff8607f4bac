/** What the account is made of, by name: each of these points to others. */
import { builder } from '../builder.ts';
import { checkId, refusal } from '../checks.ts';
import type { AccountReads } from './loaders.ts';
import type * as model from './model.ts';

/** The company. */
export const Account = builder.objectRef<AccountReads>('Account');
/** Somebody or something with an extension number. */
export const Extension = builder.objectRef<model.Extension>('Extension');
/** What an extension is doing. */
export const Presence = builder.objectRef<model.Presence>('Presence');
export const CallQueue = builder.objectRef<model.CallQueue>('CallQueue');

/** An extension of which nothing is known but what names it. */
export function bareExtension(
  id: string,
  { extensionNumber = null, name = null }: Partial<Pick<model.Extension, 'extensionNumber' | 'name'>> = {},
): model.Extension {
  return { id, extensionNumber, name, type: null, rawType: null, status: null, rawStatus: null };
}

/**
 * An id of an extension.
 * @throws {BadUserInput} also for several in one, which RingCentral would take for a question about each.
 */
export function checkExtensionId(id: string, name: string): string {
  if (id.includes(',')) throw refusal(name, id, 'the id of one extension, like "701001004"');
  return checkId(id, name);
}
