/** What a gateway tells of itself at the port of its metrics. */
import { getRequest, openConnection } from './http-load.ts';

/** The whole page. */
export async function readMetrics(port: number): Promise<string> {
  const connection = await openConnection(port);
  try {
    return (await connection.send(getRequest('/metrics', 'nobody'))).body.toString();
  } finally {
    connection.close();
  }
}

/** One number of it. */
export async function metric(port: number, name: string): Promise<number> {
  const value = new RegExp(`^${name} (.+)$`, 'm').exec(await readMetrics(port))?.[1];
  if (value === undefined) throw new Error(`/metrics does not tell ${name}`);
  return Number(value);
}
