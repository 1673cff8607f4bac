/** The examples of RingCentral as a newcomer runs them: by the real gateway, before the simulator and its story. */
import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { DEMO_PARTY_ID, DEMO_SESSION_ID } from '../../src/simulator/stage.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { type House, openHouse } from './gateway.ts';

export const A_MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** Of a party of the story's call: which call it is in, and when it was so. */
export const HERE = { sessionId: DEMO_SESSION_ID, observedAt: A_MOMENT };

/** What ran here, so that no example is forgotten. */
export const ran = new Set<unknown>();

/** A gateway in the story's first moment, which lasts: the call of the examples is there, and does what it is told. */
export async function openStory(code = 'Answered'): Promise<House> {
  const house = await openHouse({ simulator: { story: true, settings: { storyPace: 2 ** 31 - 1 } } });
  house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code });
  return house;
}

/** Runs an example. */
export async function run<Data, Variables>(
  house: House,
  document: TypedDocumentString<Data, Variables>,
  variables?: Variables,
  token?: string,
) {
  ran.add(document);
  return house.ask(document, variables, token);
}

/** The first `count` answers of a subscription; `meanwhile` runs as the first one is there. */
export async function listen<Data, Variables extends Record<string, unknown>>(
  house: House,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  count = 1,
  meanwhile: (first: Data) => unknown = () => {},
): Promise<Data[]> {
  ran.add(document);
  const client = house.socket();
  const heard: Data[] = [];
  for await (const { data, errors } of client.iterate<Data>({ query: document.toString(), variables })) {
    expect(errors).toBeUndefined();
    if (data === null || data === undefined) continue;
    heard.push(data);
    if (heard.length === count) break;
    if (heard.length === 1) await meanwhile(data);
  }
  return heard;
}

/** How many examples of RingCentral there are: those that watch, or those that do not. */
export async function countExamples({ watching }: { readonly watching: boolean }): Promise<number> {
  const folder = new URL('../../examples/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql') && name < '30');
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return texts.filter((text) => /^subscription /m.test(text) === watching).length;
}
