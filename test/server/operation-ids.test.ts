/** What an id stands for on a socket: one operation at a time, and the next one as soon as its client says so. */
import { describe, expect, test } from 'vitest';
import { eventually, type House, type HouseOptions, openHouse, type Peer } from './house.ts';

const subscribe = (id: string, query: string) => ({ type: 'subscribe', id, payload: { query } });
const complete = (id: string) => ({ type: 'complete', id });

/** Sends all of it in one piece, so that nothing is answered in between. */
function breathe({ socket, send }: Peer, messages: readonly object[]): void {
  const { _socket: connection } = socket as unknown as { _socket: { cork(): void; uncork(): void } };
  connection.cork();
  for (const message of messages) send(message);
  connection.uncork();
}

/** A house on this way, in which a viewer may have as many subscriptions as told. */
const openOn = (way: string, settings: HouseOptions['settings'] = {}) =>
  openHouse({ settings: { FAST_PATH: way, ...settings } });

/** How many more subscriptions the house takes of somebody, up to `most`. */
async function placesLeft(house: House, most: number): Promise<number> {
  const peer = await house.connect();
  for (let id = 0; id < most; id += 1) peer.send(subscribe(`p${id}`, 'subscription { events }'));
  for (let id = 0; id < most; id += 1) await peer.until((message) => message.id === `p${id}`);
  const taken = peer.messages.filter(({ payload }) => !('errors' in Object(payload))).length - 1; // the ack
  peer.socket.terminate();
  await eventually(() => house.streams.open).toBe(0);
  return taken;
}

describe.each(['on', 'off'])('An id, with FAST_PATH=%s,', (way) => {
  test('completed and used again in one breath belongs to the new stream, which lives.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    breathe(peer, [
      subscribe('x', 'subscription { events }'),
      complete('x'),
      subscribe('x', 'subscription { events }'),
    ]);
    await peer.until(({ type }) => type === 'next');
    // Whatever the old one still had to say is said before the answer to a later question.
    peer.send(subscribe('q', '{ me }'));
    await peer.until(({ id, type }) => id === 'q' && type === 'complete');

    expect(peer.messages.filter(({ id }) => id === 'x')).toEqual([
      { id: 'x', type: 'next', payload: { data: { events: 'first' } } },
    ]);
    expect(house.streams.open).toBe(1);
    house.gate.open();
    await peer.until(({ id, type }) => id === 'x' && type === 'complete');
    expect(peer.messages.filter(({ id }) => id === 'x').map(({ type }) => type)).toEqual([
      'next',
      'next',
      'complete',
    ]);
  });

  test('of a stream that runs can be completed and used again in one breath.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    peer.send(subscribe('x', 'subscription { events }'));
    await peer.until(({ type }) => type === 'next');
    breathe(peer, [complete('x'), subscribe('x', 'subscription { count(to: 2) }')]);
    await peer.until(({ type }) => type === 'complete');

    expect(peer.messages.filter(({ id }) => id === 'x').slice(1)).toEqual([
      { id: 'x', type: 'next', payload: { data: { count: 1 } } },
      { id: 'x', type: 'next', payload: { data: { count: 2 } } },
      { id: 'x', type: 'complete' },
    ]);
    expect(house.streams).toMatchObject({ open: 0, droppedAtEnd: [false, false] });
  });

  test('used six times over in one breath has one stream.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    const turn = [subscribe('x', 'subscription { events }'), complete('x')];
    breathe(peer, [
      ...Array.from({ length: 6 }, () => turn).flat(),
      subscribe('x', 'subscription { events }'),
    ]);
    await peer.until(({ type }) => type === 'next');
    peer.send(subscribe('q', '{ me }'));
    await peer.until(({ id, type }) => id === 'q' && type === 'complete');

    expect(peer.messages.filter(({ id }) => id === 'x')).toHaveLength(1);
    expect(house.streams.open).toBe(1);
    peer.send(complete('x'));
    await eventually(() => house.streams.open).toBe(0);
  });

  test('is not told the late answer of the question that had it before.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    peer.send(subscribe('x', '{ slow }'));
    await eventually(() => house.ran.fields).toBe(1);
    breathe(peer, [complete('x'), subscribe('x', 'subscription { events }')]);
    await peer.until(({ type }) => type === 'next');
    house.gate.open();
    await peer.until(({ type }) => type === 'complete');

    expect(peer.messages.filter(({ id, type }) => id === 'x' && type === 'next')).toEqual([
      { id: 'x', type: 'next', payload: { data: { events: 'first' } } },
      { id: 'x', type: 'next', payload: { data: { events: 'last' } } },
    ]);
  });

  test('is not told the late event of the stream that had it before.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    peer.send(subscribe('x', 'subscription { late }'));
    await eventually(() => house.streams.open).toBe(1);
    peer.send(subscribe('q', '{ me }'));
    await peer.until(({ id, type }) => id === 'q' && type === 'complete');
    breathe(peer, [complete('x'), subscribe('x', 'subscription { events }')]);
    await peer.until(({ id, type }) => id === 'x' && type === 'next');
    house.gate.open();
    await peer.until(({ id, type }) => id === 'x' && type === 'complete');

    expect(peer.messages.filter(({ id, type }) => id === 'x' && type === 'next')).toEqual([
      { id: 'x', type: 'next', payload: { data: { events: 'first' } } },
      { id: 'x', type: 'next', payload: { data: { events: 'last' } } },
    ]);
  });

  test('leaves nothing behind that was used two hundred times in one breath before the socket closed.', async () => {
    await using house = await openOn(way, { MAX_SUBSCRIPTIONS_PER_VIEWER: '150' });
    const peer = await house.connect();
    const again = (id: string) => [
      subscribe(id, 'subscription { events }'),
      complete(id),
      subscribe(id, 'subscription { events }'),
    ];
    breathe(peer, Array.from({ length: 100 }, (_, turn) => again(`x${turn}`)).flat());
    await peer.until(({ id, type }) => id === 'x99' && type === 'next');
    expect(house.streams.open).toBe(100);
    peer.socket.terminate();

    await eventually(() => house.streams.open).toBe(0);
    expect(await placesLeft(house, 100)).toBe(100);
    expect((await house.metrics.inFlight.get()).values[0]?.value).toBe(0);
  });

  test('leaves nothing behind when the socket closes in the same breath.', async () => {
    await using house = await openOn(way, { MAX_SUBSCRIPTIONS_PER_VIEWER: '100' });
    for (let turn = 0; turn < 5; turn += 1) {
      const peer = await house.connect();
      breathe(
        peer,
        Array.from({ length: 50 }, (_, count) => [
          subscribe(`x${count}`, 'subscription { events }'),
          complete(`x${count}`),
          subscribe(`x${count}`, 'subscription { events }'),
        ]).flat(),
      );
      peer.socket.close();
      await peer.closed;
    }
    await eventually(() => house.streams.open).toBe(0);
    expect(await placesLeft(house, 100)).toBe(100);
    expect((await house.metrics.inFlight.get()).values[0]?.value).toBe(0);
  });

  test('that is completed at once still gives the command that came with it.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    breathe(peer, [subscribe('x', 'mutation { hang }'), complete('x')]);
    await eventually(() => house.ran.commands).toBe(1);
    expect(peer.messages.filter(({ id }) => id === 'x')).toEqual([]);
  });

  test('that nobody has can be completed by whoever likes to.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    breathe(peer, [complete('x'), complete('n1'), subscribe('n1', '{ me }')]);
    await peer.until(({ type }) => type === 'complete');
    expect(peer.messages.filter(({ id }) => id === 'n1')).toEqual([
      { id: 'n1', type: 'next', payload: { data: { me: 'anybody' } } },
      { id: 'n1', type: 'complete' },
    ]);
  });

  test.each([
    ['of a UUID', '5f0c8a5e-3f4b-4a57-9c43-d35a2a4a9b1e'],
    ['of one byte', '1'],
    ['of 128 bytes', 'x'.repeat(128)],
    ['of 128 bytes in other letters', 'ü'.repeat(64)],
    ['named like a thing of JavaScript', '__proto__'],
  ])('is taken and told: %s.', async (_what, id) => {
    await using house = await openOn(way);
    const peer = await house.connect();
    peer.send(subscribe(id, 'subscription { count(to: 1) }'));
    await peer.until(({ type }) => type === 'complete');
    expect(peer.messages.slice(1)).toEqual([
      { id, type: 'next', payload: { data: { count: 1 } } },
      { id, type: 'complete' },
    ]);
  });

  test.each([
    ['129 bytes', 'x'.repeat(129)],
    ['65 letters of two bytes', 'ü'.repeat(65)],
    ['900 KB', 'x'.repeat(900_000)],
  ])('of %s closes the socket with 4400, which clients do not try again.', async (_what, id) => {
    await using house = await openOn(way);
    const peer = await house.connect();
    peer.send(subscribe(id, 'subscription { events }'));
    expect(await peer.closed).toEqual({
      code: 4400,
      reason: 'The id of an operation is longer than 128 bytes',
    });
    expect(house.ran.fields).toBe(0);
  });

  test('without a letter closes the socket with 4400, and nobody is alarmed.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    breathe(peer, [subscribe('', 'subscription { events }'), complete('')]);
    expect(await peer.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
    expect(house.ran.fields).toBe(0);
    expect(house.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  test('in use closes the socket with 4409 also where it does not fit into the reason.', async () => {
    await using house = await openOn(way);
    const peer = await house.connect();
    const id = 'ü'.repeat(64);
    breathe(peer, [subscribe(id, 'subscription { events }'), subscribe(id, '{ me }')]);
    expect(await peer.closed).toEqual({ code: 4409, reason: `Subscriber for ${'ü'.repeat(54)}` });
  });
});
