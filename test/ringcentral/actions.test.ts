/** The outlook of a party is the short form of what may be done with it: one says the same as the other. */
import { expect, test } from 'vitest';
import { PARTY_STATUS_CODES } from '../../schema/model.ts';
import { availableActions, outlookOf } from '../../src/ringcentral/actions.ts';
import { toSession } from '../../src/ringcentral/translate.ts';

test('Two outlooks are equal exactly where all actions are, with their reasons; and one is a letter for each action', () => {
  const outlooks = new Map<string, string>();
  for (const code of PARTY_STATUS_CODES) {
    for (const direction of ['Inbound', 'Outbound']) {
      for (const extensionId of ['1', '2', null]) {
        const parties = [
          { id: 'p-1', direction, extensionId: '1', status: { code: 'Answered' } },
          { id: 'p-2', direction, extensionId: '2', status: { code: 'Answered' } },
        ];
        const session = toSession({ id: 's', origin: { type: 'Call' }, parties }, 1);
        for (const party of session.parties) {
          const shown = { ...party, status: { ...party.status, code } };
          const outlook = outlookOf(session, shown, extensionId);
          const actions = availableActions(session, shown, extensionId);
          expect(outlook).toHaveLength(actions.length);
          const said = JSON.stringify(actions);
          expect(outlooks.get(outlook) ?? said).toBe(said);
          outlooks.set(outlook, said);
        }
      }
    }
  }
  expect(new Set(outlooks.values()).size).toBe(outlooks.size);
  expect(outlooks.size).toBeGreaterThan(5);
});
