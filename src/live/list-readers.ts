/** Who reads the list of calls, and what they are told. */
import type { StreamNoticeKind } from '../../schema/provider.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { CallList } from './call-list.ts';
import { createLine, type Line } from './exchange.ts';
import { type ListRules, listEvent, listRecovery, listTrouble } from './list-events.ts';
import type { CallShape, Kind } from './shape.ts';

export interface ListReadersParts<K extends Kind> {
  readonly shape: CallShape<K>;
  readonly rules: ListRules<K>;
  readonly metrics: Metrics;
  /** Somebody reads it now, and nobody did. */
  readonly onFirst: () => void;
  /** A reader left. */
  readonly onLeave: () => void;
}

/** Everybody who reads the list here. `held` is the list to start from; null where nothing is fresh. */
export interface ListReaders<K extends Kind> {
  count(): number;
  lists(held: () => CallList<K> | null): Line<readonly K['Entry'][]>;
  /** `trouble`: the list may be old. */
  events(
    held: () => CallList<K> | null,
    trouble: () => { readonly at: number | null } | null,
  ): Line<K['ListEvent']>;
  tellList(list: CallList<K>): void;
  tellTrouble(at: number | null): void;
  tellRecovery(): void;
  notify(kind: StreamNoticeKind, message: string, at: number): void;
  end(): void;
  fail(error: unknown): void;
}

/** Makes it; nobody reads yet. */
export function createListReaders<K extends Kind>(parts: ListReadersParts<K>): ListReaders<K> {
  const { shape, rules, metrics } = parts;
  const { fields } = shape.words;
  const lines = new Set<Line<readonly K['Entry'][]>>();
  const eventLines = new Set<Line<K['ListEvent']>>();

  return {
    count: () => lines.size + eventLines.size,
    lists(held) {
      const line = enter(lines, fields.list, rules.lists);
      const list = held();
      // A copy: what was made of the list when it was news is not made of it again.
      if (list !== null) line.push([...list.calls]);
      return line;
    },
    events(held, trouble) {
      const line = enter(eventLines, fields.listEvents, rules.events);
      const [list, isOld] = [held(), trouble()];
      if (list !== null) line.push(listEvent(shape, list));
      if (isOld !== null) line.push(listTrouble(shape, isOld.at));
      return line;
    },
    tellList(list) {
      for (const line of lines) line.push(list.calls);
      tell(listEvent(shape, list));
    },
    tellTrouble: (at) => tell(listTrouble(shape, at)),
    tellRecovery: () => tell(listRecovery(shape)),
    notify: (kind, message, at) => tell(shape.words.listNotice(kind, message, at)),
    end: () => dismiss((line) => line.end()),
    fail: (error) => dismiss((line) => line.fail(error)),
  };

  function enter<Event>(
    all: Set<Line<Event>>,
    field: string,
    howToQueue: Parameters<typeof createLine<Event>>[0],
  ): Line<Event> {
    const line: Line<Event> = createLine(howToQueue, () => {
      all.delete(line);
      metrics.subscribers.dec({ field });
      parts.onLeave();
    });
    all.add(line);
    metrics.subscribers.inc({ field });
    if (lines.size + eventLines.size === 1) parts.onFirst();
    return line;
  }

  function dismiss(how: (line: { end(): void; fail(error: unknown): void }) => void): void {
    const all = [...lines, ...eventLines];
    lines.clear();
    eventLines.clear();
    for (const line of all) how(line);
  }

  function tell(event: K['ListEvent']): void {
    for (const line of eventLines) line.push(event);
  }
}
