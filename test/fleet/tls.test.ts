/** Redis by TLS, with a certificate that only an authority of one's own vouches for. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readiness } from '../support/fleet.ts';
import { startGateway } from '../support/process.ts';
import { hasNoRedis, startRedis } from '../support/redis.ts';

const NEW_CERTIFICATE =
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=redis -addext subjectAltName=IP:127.0.0.1';

test.skipIf(hasNoRedis)(
  'Gateways believe the certificate of Redis, by the authority they are told of',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tls-'));
    const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
    try {
      await promisify(execFile)('openssl', [
        ...NEW_CERTIFICATE.split(' '),
        '-keyout',
        key,
        '-out',
        certificate,
      ]);
      const files = [
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-ca-cert-file',
        certificate,
      ];
      await using redis = await startRedis({
        settings: (port) => ['--port', '0', '--tls-port', `${port}`, ...files, '--tls-auth-clients', 'no'],
      });
      const environment = { REDIS_URL: redis.url.replace('redis:', 'rediss:'), SIMULATOR: 'on' };
      await using one = await startGateway({ ...environment, NODE_EXTRA_CA_CERTS: certificate });
      expect((await readiness({ gateway: one })).commons).toBe('Together with the other gateways.');
      // Without it, a certificate that nobody vouches for is none: it goes on by itself, and says why.
      await using other = await startGateway(environment);
      const { ok, commons } = await readiness({ gateway: other });
      expect([ok, commons]).toEqual([true, expect.stringMatching(/^Apart .*self-signed certificate/)]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
