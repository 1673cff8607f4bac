/** Bodies that come, or do not: what they hold, and whom they may not keep out. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../schema/failures.ts';
import { createBodyRoom } from '../../src/server/bodies.ts';
import { eventually, type House, openHouse } from './house.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;

describe('A room for bodies', () => {
  /** A room, and who had to give up. */
  function room(size: number) {
    const gaveUp: string[] = [];
    const made = createBodyRoom(size);
    return {
      gaveUp,
      made,
      open: (owner: string, name: string, bytes: number) => {
        const body = made.open(owner, () => gaveUp.push(name));
        body.hold(bytes);
        return body;
      },
    };
  }

  test('counts a body as four kilobytes at least, and nothing once all are closed, however often.', () => {
    const { made, open } = room(MIB);
    const small = open('ann', 'small', 10);
    const large = open('bob', 'large', 100 * KIB);
    expect(made.held).toBe(104 * KIB);
    large.hold(120 * KIB);
    large.settle();
    large.hold(900 * KIB);
    expect(made.held).toBe(124 * KIB);
    for (const body of [small, large, large, small]) body.close();
    expect(made.held).toBe(0);
  });

  test('has an owner give up the largest that waits when it holds more than is free, the oldest of equal ones first.', () => {
    const { made, open, gaveUp } = room(100 * KIB);
    const bodies = [
      open('ann', 'first', 20 * KIB),
      open('ann', 'second', 20 * KIB),
      open('ann', 'small', 9 * KIB),
    ];
    expect(gaveUp).toEqual([]);
    bodies.push(open('ann', 'third', 8 * KIB));
    expect(gaveUp).toEqual(['first']);
    bodies.push(open('ann', 'huge', 30 * KIB));
    expect(gaveUp).toEqual(['first', 'huge']);
    expect(made.held).toBe(37 * KIB);
    for (const body of bodies) body.close();
    expect(made.held).toBe(0);
  });

  test('leaves room for others, and takes nothing from whoever is at work.', () => {
    const { made, open, gaveUp } = room(120 * KIB);
    open('ann', 'at work', 60 * KIB).settle();
    open('ann', 'more', 4 * KIB);
    expect(gaveUp).toEqual(['more']);
    open('bob', 'his', 30 * KIB);
    open('eve', 'hers', 15 * KIB);
    expect(gaveUp).toEqual(['more']);
    expect(made.held).toBe(105 * KIB);
  });
});

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection, what it has heard, and its end. */
async function open(house: House) {
  const socket = connect(Number(new URL(house.url).port), '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  const heard = { text: '', closed: once(socket, 'close') };
  socket.on('data', (data) => {
    heard.text += data;
  });
  await once(socket, 'connect');
  return { socket, heard };
}

const headOf = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** Places, and bytes of bodies. */
async function taken({ metrics }: House): Promise<number[]> {
  const sum = (values: readonly { value: number }[]) => values.reduce((all, { value }) => all + value, 0);
  return [sum((await metrics.inFlight.get()).values), sum((await metrics.bodyBytes.get()).values)];
}

test('A thousand connections whose bodies never come take no place from anybody, and little memory.', async () => {
  await using house = await openHouse();
  const slow = await Promise.all(Array.from({ length: 1_000 }, () => open(house)));
  for (const { socket } of slow) socket.write(headOf(100));
  await eventually(() => taken(house)).toEqual([0, 1_000 * 4 * KIB]);
  expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
  expect(slow.filter(({ heard }) => heard.text !== '')).toEqual([]);
  for (const { socket } of slow) socket.destroy();
  await eventually(() => taken(house)).toEqual([0, 0]);
});

test('A body that does not come in time holds nothing any more.', async () => {
  await using house = await openHouse({ patience: { headers: 100, request: 1_000 } });
  const { socket, heard } = await open(house);
  socket.write(`${headOf(100)}{"query":`);
  await heard.closed;
  expect(heard.text).toMatch(/^HTTP\/1.1 408 /);
  expect(await taken(house)).toEqual([0, 0]);
});

test('Bodies of strangers that come nearly whole hold eight megabytes together, and a small one passes.', async () => {
  await using house = await openHouse();
  const slow = await Promise.all(Array.from({ length: 60 }, () => open(house)));
  let largest = 0;
  for (const { socket } of slow) {
    socket.write(headOf(MIB));
    socket.write(Buffer.alloc(MIB - 1, ' '));
    const [, bytes = 0] = await taken(house);
    largest = Math.max(largest, bytes);
  }
  await eventually(() => slow.filter(({ heard }) => heard.text !== '').length).toBe(52);
  for (const { heard } of slow) {
    if (heard.text === '') continue;
    expect(heard.text).toMatch(/^HTTP\/1.1 503 /);
    expect(heard.text).toContain('"code":"OVERLOADED"');
    await heard.closed;
  }
  expect(largest).toBeLessThanOrEqual(8 * MIB);
  expect(await house.answer('{ me }')).toEqual({ data: { me: 'anybody' } });
  for (const { socket } of slow) socket.destroy();
  await eventually(() => taken(house)).toEqual([0, 0]);
});

test('The bodies of a known caller are counted apart from those of strangers, and whoever is refused anyway is not read.', async () => {
  await using house = await openHouse({
    gatekeeper: {
      recognise({ authorization }) {
        if (authorization === null) return null;
        if (authorization === 'Bearer nobody') throw new Unauthenticated('Show another token.');
        return authorization.slice('Bearer '.length);
      },
      async admit({ authorization }) {
        return {
          viewerId: authorization ?? '',
          expired: new AbortController().signal,
          provider: () => ({}) as never,
        };
      },
    },
  });
  const { socket } = await open(house);
  socket.write(headOf(MIB).replace('host: 127.0.0.1', 'host: 127.0.0.1\r\nauthorization: Bearer ann'));
  socket.write(Buffer.alloc(MIB - 1, ' '));
  const stranger = await open(house);
  stranger.socket.write(headOf(100));
  const held = async () =>
    Object.fromEntries(
      (await house.metrics.bodyBytes.get()).values.map(({ labels, value }) => [labels.of, value]),
    );
  await eventually(held).toEqual({ viewers: MIB - 1, strangers: 4 * KIB });
  const nobody = await open(house);
  nobody.socket.write(
    headOf(MIB).replace('host: 127.0.0.1', 'host: 127.0.0.1\r\nauthorization: Bearer nobody'),
  );
  await nobody.heard.closed;
  expect(nobody.heard.text).toMatch(/^HTTP\/1.1 401 /);
  expect(await held()).toEqual({ viewers: MIB - 1, strangers: 4 * KIB });
});
