/** Whoever works in the simulated organization of Genesys Cloud. */

/** As `GET /api/v2/users/me` tells it, as far as it is played. */
export interface GenesysPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export const PEOPLE: readonly GenesysPerson[] = [
  { id: '6f1c2a9e-0b7d-4c53-9a42-51d0c7e8a101', name: 'Ada Lind', email: 'ada.lind@example.com' },
  { id: '2d94e0f7-83c1-4e6a-b7f5-0c9b64d2e102', name: 'Ben Okoro', email: 'ben.okoro@example.com' },
  { id: 'b80a57c3-1e4f-42d9-8c06-7fa3d915c103', name: 'Cleo Marsh', email: 'cleo.marsh@example.com' },
];

/** By id or address. */
export function personNamed(name: string): GenesysPerson | undefined {
  return PEOPLE.find(({ id, email }) => id === name || email === name);
}
