/** A house in which whatever the gateway asks Genesys Cloud for, and is answered, is held against what is published. */
import { expect } from 'vitest';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import { answerProblemsOf, requestProblemsOf } from '../simulator/genesys-published.ts';
import { type GenesysHouse, openGenesysHouse } from './genesys-house.ts';

export interface PublishedHouse extends GenesysHouse {
  /** The operations that were sent, so that none is forgotten. */
  readonly sent: ReadonlySet<string>;
  /** The requests that something makes, each of which, and its answer, must be as published. */
  requestsOf(work: () => Promise<unknown>): Promise<readonly string[]>;
  /** The same of a command, of which only what acts is told. */
  actsOf(work: () => Promise<unknown>): Promise<readonly string[]>;
}

/** Bulk reads of names: the document has only those of one. */
const UNPUBLISHED = new Set([
  ...['getUsers', 'getRoutingQueues', 'getGroups', 'getRoutingSkills', 'getRoutingLanguages'],
  ...['getRoutingWrapupcodes', 'getAuthorizationDivisions'],
]);

/** Opens it; everybody who may ask in it is known already. */
export async function openPublishedHouse(): Promise<PublishedHouse> {
  // More than a gateway takes for granted; and nobody's wrap-up runs out while another test looks.
  const settings = { genesysRateLimit: 100_000, genesysWrapupTimeout: 3_600_000 } as const;
  const house = await openGenesysHouse({
    settings: { ...settings, journalBodies: true, contentType: 'insist' },
  });
  // Whoever asks is looked up once.
  for (const genesys of ['gsim-ada', 'gsim-ben', 'gsim-cleo', 'gsim-dana', 'gsim-eli', 'gsim-fay']) {
    await house.ask('{ viewer { genesysUser { id } } }', { genesys });
  }
  const sent = new Set<string>(['getUsersMe']);

  async function requestsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = house.simulator.requests().length;
    await work();
    const entries = house.simulator.requests().slice(before);
    const isPublished = ({ operationId }: JournalEntry) => !UNPUBLISHED.has(operationId ?? '');
    expect(
      entries.filter(isPublished).flatMap((one) => [...requestProblemsOf(one), ...answerProblemsOf(one)]),
    ).toEqual([]);
    const ids = entries.map(({ operationId }) => operationId ?? 'none');
    for (const id of ids) sent.add(id);
    return ids;
  }

  return {
    ...house,
    ...{ sent, requestsOf },
    actsOf: async (work) => (await requestsOf(work)).filter((id) => !id.startsWith('get')),
  };
}
