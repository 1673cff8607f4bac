/** What gateways tell each other of an account, as it is written. */
import { expect, test } from 'vitest';
import { createAccountCodec, type Picture } from '../../src/account/tidings.ts';
import { sealingKey } from '../../src/commons/seal.ts';

const codec = createAccountCodec(sealingKey('a viewer', 'a test'), () => 0);

const picture: Picture = {
  position: { epoch: 'an epoch', offset: 7 },
  whole: { calls: [], presences: [], graves: ['s-1'] },
  ...{ source: 'PRESENCE_POLL', isSurveyed: true, seesEverybody: true },
};

test('A picture is read as it was written', () => {
  expect(codec.readPicture(codec.writePicture(picture))).toEqual(picture);
});

test('A picture of a gateway that does not say who is shown is taken for one of whoever is shown little', () => {
  const { seesEverybody: _, ...older } = picture;
  const read = codec.readPicture(codec.writePicture(older as Picture));
  expect(read).toEqual({ ...picture, seesEverybody: false });
});
