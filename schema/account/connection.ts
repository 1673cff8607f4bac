/**
 * Long lists in pages, in the shape that Relay has made usual.
 *
 * A cursor names the place of an item, not its number: what comes or goes before it moves no page.
 */
import type { ObjectRef } from '@pothos/core';
import { builder } from '../builder.ts';
import { refusal } from '../checks.ts';
import { BadUserInput } from '../failures.ts';

/** Where an item stands among the others: by the number, and where that is the same by the text. */
export type Place = readonly [number: number, text: string];

/** What of a list is asked for. */
export interface PageWanted {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page of a list. */
export interface Page<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** The longest page. */
const LONGEST_PAGE = 200; // items

/**
 * The page that is wanted of a list, which need not be in order.
 * @throws {BadUserInput} for a page that is too long or empty, and for what is no cursor.
 */
export function pageOf<Node>(
  nodes: readonly Node[],
  placeOf: (node: Node) => Place,
  { first, after }: PageWanted,
  usual: number,
): Page<Node> {
  const length = first ?? usual;
  if (length < 1 || length > LONGEST_PAGE) {
    throw refusal('first', String(length), `a whole number from 1 to ${LONGEST_PAGE}`);
  }
  const placed = nodes.map((node) => ({ node, place: placeOf(node) })).sort(inOrder);
  const start = after == null ? null : placeIn(after);
  const begin = start === null ? 0 : placed.filter(({ place }) => compare(place, start) <= 0).length;
  const shown = placed.slice(begin, begin + length);
  return {
    edges: shown.map(({ node, place }) => ({ node, cursor: cursorOf(place) })),
    totalCount: nodes.length,
    hasNextPage: begin + shown.length < nodes.length,
    hasPreviousPage: begin > 0,
  };
}

function inOrder(one: { readonly place: Place }, other: { readonly place: Place }): number {
  return compare(one.place, other.place);
}

function compare([number, text]: Place, [otherNumber, otherText]: Place): number {
  if (number !== otherNumber) return number - otherNumber;
  return text < otherText ? -1 : text > otherText ? 1 : 0;
}

function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Cursors are short: ids are, and numbers. */
const LONGEST_CURSOR = 500; // characters

function placeIn(cursor: string): Place {
  const place = cursor.length > LONGEST_CURSOR ? null : parsed(cursor);
  if (place !== null) return place;
  const { message } = refusal('after', cursor, 'a cursor as `pageInfo.endCursor` or an edge gave it');
  throw new BadUserInput(message, 'after');
}

function parsed(cursor: string): Place | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [number, text] = value as unknown[];
    return typeof number === 'number' && typeof text === 'string' ? [number, text] : null;
  } catch {
    return null;
  }
}

/** The place of somebody with an extension number: by it, as a number; those without one come last. */
export function byNumber({
  id,
  extensionNumber,
}: {
  readonly id: string;
  readonly extensionNumber: string | null;
}): Place {
  const number = Number(extensionNumber ?? Number.NaN);
  return [Number.isNaN(number) ? Number.MAX_SAFE_INTEGER : number, id];
}

type Types = typeof builder.$inferSchemaTypes;

/** The arguments of a page, with as many items as usual where nobody says. */
export function pageArguments<Root>(t: PothosSchemaTypes.FieldBuilder<Types, Root>, usual: number) {
  return {
    first: t.arg.int({ defaultValue: usual, description: `How many at most: 1 to ${LONGEST_PAGE}.` }),
    after: t.arg.id({
      description: 'The cursor behind which the page begins; leave it out for the first page.',
    }),
  };
}

/** What the scales must know of a page: it is read once, and has so many items. */
export function inPages(usual: number) {
  return { reads: true, pageOf: 'first', usualLength: usual } as const;
}

const PageInfo = builder.objectRef<Page<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There are more behind it.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'There are some before it.' }),
    startCursor: t.id({
      nullable: true,
      description: 'The cursor of its first item; null for an empty page.',
      resolve: ({ edges }) => edges[0]?.cursor ?? null,
    }),
    endCursor: t.id({
      nullable: true,
      description: 'The cursor of its last item: give it as `after` to get the next page.',
      resolve: ({ edges }) => edges.at(-1)?.cursor ?? null,
    }),
  }),
});

/** Adds the types of a connection: `name`Connection and `name`Edge. `what` goes on behind "A page of". */
export function connectionOf<Node extends object>(name: string, node: ObjectRef<Types, Node>, what: string) {
  // The length of a page is counted where it is asked for, not here.
  const extensions = { usualLength: 1 };
  const EdgeType = builder.objectRef<Edge<Node>>(`${name}Edge`).implement({
    description: 'An item of a page, and its place.',
    fields: (t) => ({
      cursor: t.exposeID('cursor', {
        description: 'Where it stands. It stays there, whatever is added to the list or taken out.',
      }),
      node: t.field({ type: node, description: 'The item.', resolve: (edge) => edge.node as never }),
    }),
  });
  return builder.objectRef<Page<Node>>(`${name}Connection`).implement({
    description: `A page of ${what}.`,
    fields: (t) => ({
      nodes: t.field({
        type: [node],
        description: 'The items alone: what most apps need.',
        extensions,
        resolve: ({ edges }) => edges.map((edge) => edge.node) as never,
      }),
      edges: t.field({
        type: [EdgeType],
        description: 'The items, each with its cursor.',
        extensions,
        resolve: ({ edges }) => edges,
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Whether there is more, and how to ask for it.',
        resolve: (page) => page,
      }),
      totalCount: t.exposeInt('totalCount', {
        description: 'How many there are on all pages. Costs nothing.',
      }),
    }),
  });
}
