import { auditServer } from 'graphql-http';
import { expect, test } from 'vitest';
import { openHouse } from './house.ts';

test.each(['on', 'off'])(
  'Every audit of GraphQL over HTTP passes, MUST, SHOULD and MAY, with GraphiQL %s',
  async (graphiql) => {
    await using house = await openHouse({ settings: { GRAPHIQL: graphiql, INTROSPECTION: 'on' } });

    const results = await auditServer({ url: house.url });

    const failed = results.flatMap((result) =>
      result.status === 'ok' ? [] : [`${result.id} ${result.name}: ${result.reason}`],
    );
    expect(failed).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  },
);
