/** Fields as most of Genesys Cloud's are: what the model has under the same name, and may be missing. */
import type { CompatibleTypes, FieldRef, OutputType } from '@pothos/core';
import type { builder } from '../builder.ts';

type Types = typeof builder.$inferSchemaTypes;
type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<Types, Shape>;

/** What may be missing, like `maybe(t, 'endTime', 'DateTime', 'When it ended.')`. */
export function maybe<Shape, const Type extends OutputType<Types>>(
  t: Fields<Shape>,
  name: CompatibleTypes<Types, Shape, Type, true>,
  type: Type,
  description: string,
): FieldRef<Types> {
  // The compiler cannot see that what is compatible for the caller is so here.
  return t.expose(name as never, { type, nullable: true, description } as never);
}

/** What Genesys Cloud wrote where the enum `of` shows its meaning. */
export function raw<Shape>(
  t: Fields<Shape>,
  name: CompatibleTypes<Types, Shape, 'String', true>,
  of: string,
): FieldRef<Types> {
  return maybe(t, name, 'String', `\`${of}\` as Genesys Cloud wrote it.`);
}
