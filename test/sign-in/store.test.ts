/** What a cookie opens, as the store keeps it. */
import { describe, expect, test } from 'vitest';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { SESSION_TIMES } from '../../src/sign-in/account.ts';
import { createSealer } from '../../src/sign-in/sealer.ts';
import { createStore } from '../../src/sign-in/store.ts';

function openStore() {
  const sealer = createSealer(['a-secret-of-more-than-thirty-two-characters'], 'session');
  return createStore(createInProcessCommons(), sealer, SESSION_TIMES);
}

describe('What a cookie opens', () => {
  test('is what was written down for each system, in any order', async () => {
    const store = openStore();
    await store.point('key', { publicId: 'desk', accounts: { ringcentral: 'iris' } });
    await store.point('key', { publicId: 'desk', accounts: { genesys: 'ada' } });
    expect(await store.find('key')).toEqual({
      publicId: 'desk',
      accounts: { ringcentral: 'iris', genesys: 'ada' },
    });
  });

  test('is nothing of another session that the cookie once opened', async () => {
    const store = openStore();
    await store.point('key', { publicId: 'desk', accounts: { ringcentral: 'iris' } });
    await store.point('key', { publicId: 'phone', accounts: { genesys: 'ada' } });
    expect(await store.find('key')).toEqual({ publicId: 'phone', accounts: { genesys: 'ada' } });
  });
});
