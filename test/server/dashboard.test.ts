import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';

interface Dashboard {
  panels: { id: number; title: string; targets?: { expr: string }[] }[];
}

test('The dashboard asks only for metrics that there are, and shows every metric of the gateway', async () => {
  const dashboard = JSON.parse(await readFile('examples/grafana-dashboard.json', 'utf8')) as Dashboard;
  const { registry, collectProcess } = createMetrics();
  const ours = registry.getMetricsAsArray().map(({ name }) => name);
  collectProcess();
  const known = registry.getMetricsAsArray().map(({ name }) => name);

  const asked = new Set(
    dashboard.panels
      .flatMap(({ targets = [] }) => targets)
      .flatMap(({ expr }) => expr.match(/\b(gateway|nodejs|process)_\w+(?=\{)/g) ?? [])
      .map((name) => name.replace(/_(bucket|sum|count)$/, '')),
  );

  expect([...asked].filter((name) => !known.includes(name))).toEqual([]);
  expect(ours.filter((name) => !asked.has(name))).toEqual([]);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});
