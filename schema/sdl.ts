/** The schema as text, to be read from top to bottom. */
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  printType,
} from 'graphql';

/**
 * Prints a schema in reading order: the three roots first, then each type where it is first spoken of.
 * Long descriptions are wrapped, which changes nothing of what they say.
 */
export function printSdl(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const types = new Set<GraphQLNamedType>(roots.filter((root) => root != null));
  const visit = (type: GraphQLNamedType): void => {
    for (const next of spokenOf(schema, type)) {
      if (types.has(next) || isSpecifiedScalarType(next) || isIntrospectionType(next)) continue;
      types.add(next);
      visit(next);
    }
  };
  for (const root of [...types]) visit(root);
  return `${[...types].map((type) => wrapped(printType(type))).join('\n\n')}\n`;
}

/** The types that a type mentions, in the order in which it does. */
function spokenOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  if (isInputObjectType(type))
    return Object.values(type.getFields()).map((field) => getNamedType(field.type));
  const mentioned: GraphQLNamedType[] = [];
  if (isObjectType(type)) mentioned.push(...type.getInterfaces());
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      mentioned.push(...field.args.map((arg) => getNamedType(arg.type)), getNamedType(field.type));
    }
  }
  if (isAbstractType(type)) mentioned.push(...schema.getPossibleTypes(type));
  return mentioned;
}

const QUOTES = '"""';

const LINE_WIDTH = 100; // characters

/** Wraps the lines of descriptions that are too long. */
function wrapped(sdl: string): string {
  return sdl
    .split(QUOTES)
    .map((text, index) => {
      const isDescription = index % 2 === 1;
      return isDescription
        ? `${QUOTES}${text}${QUOTES}`.split('\n').flatMap(wrap).join('\n')
        : text.split('\n').map(spread).join('\n');
    })
    .join('');
}

/** A union of many types, one to a line. */
function spread(line: string): string {
  if (!line.startsWith('union ') || line.length <= LINE_WIDTH) return line;
  const [name, types = ''] = line.split(' = ');
  return [`${name} =`, ...types.split(' | ').map((type) => `  | ${type}`)].join('\n');
}

function wrap(line: string): string[] {
  if (line.length <= LINE_WIDTH) return [line.trimEnd()];
  const indent = line.match(/^ *(- )?/)?.[0].length ?? 0;
  const cut = withoutSpacesInCode(line).lastIndexOf(' ', LINE_WIDTH);
  if (cut <= indent) return [line];
  return [line.slice(0, cut), ...wrap(' '.repeat(indent) + line.slice(cut + 1))];
}

/** Code stays on one line, so that it can be found and copied. */
function withoutSpacesInCode(line: string): string {
  return line.replace(/`[^`]*`/g, (code) => code.replaceAll(' ', '_'));
}
