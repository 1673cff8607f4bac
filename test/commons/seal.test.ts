/** What is sealed opens with its key, whole and unchanged, and with nothing less. */
import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal, sealingKey, unseal } from '../../src/commons/seal.ts';

const KEY = sealingKey('a secret', 'a test');

test('What was sealed opens with its key, and with no other', () => {
  const sealed = seal('Iris Vance', KEY);
  expect(unseal(sealed, KEY)).toBe('Iris Vance');
  expect(unseal(sealed, sealingKey('a secret', 'another purpose'))).toBeNull();
  expect(seal('Iris Vance', KEY)).not.toBe(sealed);
});

test('What was changed, cut or is nothing of the kind does not open', () => {
  const bytes = Buffer.from(seal('Iris Vance', KEY), 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  for (const odd of [bytes.toString('base64'), seal('Iris Vance', KEY).slice(0, 20), '', 'no base64 {}']) {
    expect(unseal(odd, KEY)).toBeNull();
  }
});

test('A part of a tag is none', () => {
  const nonce = Buffer.alloc(12, 7);
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
  cipher.final();
  const tag = cipher.getAuthTag();
  expect(unseal(Buffer.concat([nonce, tag]).toString('base64'), KEY)).toBe('');
  expect(unseal(Buffer.concat([nonce, tag.subarray(0, 4)]).toString('base64'), KEY)).toBeNull();
});
