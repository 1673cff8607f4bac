/** Whose tokens they are, as Genesys Cloud says, and what else may stand there. */
import { describe, expect, test } from 'vitest';
import { createGenesys } from '../../src/sign-in/genesys.ts';
import { SignInProblem } from '../../src/sign-in/problems.ts';

const TOKENS = {
  ...{ accessToken: 'access', life: 86_400_000, refreshToken: null },
  ...{ refreshLife: null, sessionLife: null, ownerId: null },
};

/** A Genesys Cloud that answers this to whoever asks who they are. */
function genesysThat(body: unknown) {
  return createGenesys({
    apiUrl: 'https://api.mypurecloud.com',
    loginUrl: 'https://login.mypurecloud.com',
    clientId: 'app',
    clientSecret: null,
    send: async () => ({ status: 200, headers: {}, text: JSON.stringify(body) }),
  });
}

describe('A user of Genesys Cloud', () => {
  test('has an id, a name and an address; what is longer than anybody has is not kept', async () => {
    const user = { id: 'b0c1', name: 'Ada Lind', email: 'ada@example.com' };
    expect(await genesysThat(user).identify(TOKENS)).toEqual({
      viewerId: 'b0c1',
      userId: 'b0c1',
      name: 'Ada Lind',
      email: 'ada@example.com',
    });
    const long = { ...user, name: 'x'.repeat(257), email: 7 };
    expect(await genesysThat(long).identify(TOKENS)).toMatchObject({ name: null, email: null });
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one longer than any', 'x'.repeat(65)],
    ['one of other letters', 'b0\u0000c1'],
  ])('is nobody with %s for an id', async (_what, id) => {
    const error = await genesysThat({ id, name: 'Ada Lind' })
      .identify(TOKENS)
      .catch((thrown: unknown) => thrown);
    expect(error instanceof SignInProblem && error.code).toBe('MALFORMED');
  });
});
