/** The one rule for caches: of two states of a party or participant keep the one with the later `observedAt`. */

const MOST = 1_000; // of them that are remembered

/** A value, and when it was so. */
interface Seen {
  readonly at: string;
  readonly value: unknown;
}

/**
 * Gives a function that every answer and every event goes through before anybody else sees it. What came late is brought
 * up to date: a query that a command has overtaken, or a command that an event has overtaken, undoes nothing. Ask for
 * `id`, `sessionId` and `observedAt` wherever you ask for a party.
 */
export function createNewest(): <Data>(data: Data) => Data {
  const parties = new Map<string, Record<string, Seen>>();

  function newest(data: unknown): unknown {
    if (Array.isArray(data)) return data.map(newest);
    if (!isObject(data)) return data;
    const copy = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, newest(value)]));
    const { sessionId, conversationId, id, observedAt } = copy;
    const call = sessionId ?? conversationId;
    if (!call || !id || typeof observedAt !== 'string') return copy;
    return updated(copy, observedAt, remember(`${call} ${id}`));
  }

  function remember(key: string): Record<string, Seen> {
    const known = parties.get(key) ?? {};
    parties.delete(key);
    parties.set(key, known);
    const [oldest = key] = parties.size > MOST ? parties.keys() : [];
    if (oldest !== key) parties.delete(oldest);
    return known;
  }

  return newest as <Data>(data: Data) => Data;
}

function updated(party: Record<string, unknown>, observedAt: string, known: Record<string, Seen>) {
  for (const [name, value] of Object.entries(party)) {
    // These are calls and parties themselves; a participant's `peer` is a text.
    if (['session', 'conversation', 'call'].includes(name) || (name === 'peer' && isObject(value))) continue;
    const seen = known[name];
    if (seen !== undefined && seen.at > observedAt) party[name] = laidOver(value, seen.value);
    else known[name] = { at: observedAt, value };
  }
  return party;
}

/** What is newer, but nothing less than was asked for. */
function laidOver(older: unknown, newer: unknown): unknown {
  if (Array.isArray(newer)) {
    const [sample] = Array.isArray(older) ? older : [];
    return newer.every((item) => !isObject(item) || hasAll(item, sample)) ? newer : older;
  }
  if (!isObject(newer)) return newer;
  if (!isObject(older)) return older;
  const names = Object.keys(older);
  return Object.fromEntries(
    names.map((name) => [name, name in newer ? laidOver(older[name], newer[name]) : older[name]]),
  );
}

function hasAll(item: Record<string, unknown>, sample: unknown): boolean {
  return isObject(sample) && Object.keys(sample).every((name) => name in item);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
