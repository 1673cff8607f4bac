/** `npm run schema`: writes the schema to `schema/schema.graphql`. */
import { writeFile } from 'node:fs/promises';
import { schema } from './index.ts';
import { printSdl } from './sdl.ts';

await writeFile(new URL('schema.graphql', import.meta.url), printSdl(schema));
