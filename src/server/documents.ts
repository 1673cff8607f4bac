/** What is kept of documents that were read: callers choose their texts, so it is bounded by them. */
import { LRUCache } from 'lru-cache';

/**
 * Documents are kept parsed and validated, up to this much text: a tree takes about fifty times its text, and
 * callers choose the texts.
 */
const PARSED = { max: 1_000, maxSize: 1_000_000, maxEntrySize: 50_000 }; // documents, characters, characters

/** Makes a cache of what the texts of documents have become. */
export function createTextCache<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({ ...PARSED, sizeCalculation: (_value, text) => text.length + 1 });
}
