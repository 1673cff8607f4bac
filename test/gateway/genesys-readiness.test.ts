/** What an orchestrator is told of a gateway before one phone system, or before two. */
import { expect, test } from 'vitest';
import { openGenesysHouse } from '../support/genesys-house.ts';
import { freePort } from '../support/ports.ts';

async function readiness({ gateway }: { readonly gateway: { readonly url: string } }) {
  const response = await fetch(gateway.url.replace('/graphql', '/readyz'));
  return { status: response.status, body: await response.json() };
}

test('Before both it is ready while one of them can be reached, and says which.', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  await using whole = await openGenesysHouse();
  expect(await readiness(whole)).toEqual({
    status: 200,
    body: { ok: true },
  });
  await using half = await openGenesysHouse({ environment: { GENESYS_API_URL: nowhere } });
  expect(await readiness(half)).toEqual({
    status: 200,
    body: { ok: true, systems: { ringcentral: 'Reached.', genesys: 'Genesys Cloud cannot be reached.' } },
  });
  await using none = await openGenesysHouse({
    environment: { GENESYS_API_URL: nowhere, RINGCENTRAL_SERVER_URL: nowhere },
  });
  const { status, body } = await readiness(none);
  expect([status, body]).toEqual([
    503,
    expect.objectContaining({
      ok: false,
      reason: 'RingCentral cannot be reached. Genesys Cloud cannot be reached.',
    }),
  ]);
});

test('Before Genesys Cloud alone it is ready when that can be reached, and RingCentral is not spoken of.', async () => {
  await using house = await openGenesysHouse({ on: 'genesys' });
  expect(await readiness(house)).toEqual({ status: 200, body: { ok: true } });
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  await using away = await openGenesysHouse({ on: 'genesys', environment: { GENESYS_API_URL: nowhere } });
  expect(await readiness(away)).toEqual({
    status: 503,
    body: { ok: false, reason: 'Genesys Cloud cannot be reached.' },
  });
});

test('Before one that is played it starts, also where the other is to be at this machine and is not there yet.', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const environment = { RINGCENTRAL_SERVER_URL: nowhere, SIMULATOR: 'on', GRAPHIQL: 'on' };
  await using house = await openGenesysHouse({ on: 'none', environment });
  const page = await fetch(house.gateway.url, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('"token":"gsim-ada"');
});
