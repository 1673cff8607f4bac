/** The heaviest operations that a gateway takes, found by trying: whatever its limits are called, these are just below. */
import { sessionId } from '../calls.ts';
import { openConnection, postRequest } from '../http-load.ts';

export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface Shape {
  readonly name: string;
  /** No larger one is tried. */
  readonly most: number;
  readonly make: (size: number) => Operation;
}

const PARTY =
  'id sessionId direction muted standAlone extensionId observedAt status { code rawCode reason } from { phoneNumber name } to { phoneNumber name } availableActions { action allowed reason }';
const FIRST = 70_000_000;
const LONGEST_LIST = 100;

const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => sessionId(FIRST + first + index));

const SHAPES: readonly Shape[] = [
  {
    name: 'calls at once',
    most: 1_000,
    make(size) {
      const lists = Math.ceil(size / LONGEST_LIST);
      const fields = Array.from(
        { length: lists },
        (_, nth) => `a${nth}: callSessions(ids: $i${nth}) { id parties { ${PARTY} } }`,
      );
      const variables = Object.fromEntries(
        fields.map((_, nth) => [
          `i${nth}`,
          idsFrom(nth * LONGEST_LIST, Math.min(LONGEST_LIST, size - nth * LONGEST_LIST)),
        ]),
      );
      const declared = fields.map((_, nth) => `$i${nth}: [ID!]!`).join(' ');
      return { query: `query (${declared}) { ${fields.join(' ')} }`, variables };
    },
  },
  {
    name: 'aliases of one call',
    most: 200,
    make: (size) => ({
      query: `{ ${Array.from({ length: size }, (_, nth) => `a${nth}: callSession(id: "${sessionId(FIRST)}") { parties { ${PARTY} session { parties { ${PARTY} } } } }`).join(' ')} }`,
    }),
  },
  {
    name: 'levels inside one another',
    most: 12,
    make: (size) => ({
      query: `{ callSession(id: "${sessionId(FIRST + 1)}") ${'{ parties { session '.repeat(size)}{ id }${' } }'.repeat(size)} }`,
    }),
  },
];

/** The largest of each shape that is answered without errors. */
export async function heaviestAllowed(
  port: number,
  token: string,
): Promise<{ readonly name: string; readonly operation: Operation }[]> {
  const found = [];
  for (const { name, most, make } of SHAPES) {
    const isAllowed = async (size: number) => {
      const connection = await openConnection(port);
      try {
        const { status, body } = await connection.send(
          postRequest('/graphql', token, JSON.stringify(make(size))),
        );
        return status === 200 && !body.includes('"errors":');
      } finally {
        connection.close();
      }
    };
    let allowed = 1;
    let refused = most + 1;
    // Up by doubling, so that nothing much heavier than what is allowed is asked for.
    for (let size = 2; size < refused; size *= 2) {
      if (await isAllowed(size)) allowed = size;
      else refused = size;
    }
    while (refused - allowed > Math.max(1, allowed / 20)) {
      const middle = Math.floor((allowed + refused) / 2);
      if (await isAllowed(middle)) allowed = middle;
      else refused = middle;
    }
    found.push({ name: `${name}: ${allowed}`, operation: make(allowed) });
  }
  return found;
}
