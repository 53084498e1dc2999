import { configJsonSchema, type JsonSchema } from './json-schema.ts'
import type { Path } from './located.ts'

let root: JsonSchema | undefined

/** What the published schema says about a path: the same words in a fault as in the editor. */
export interface SchemaDescription {
  readonly description: string | undefined
  /** As it would be written in YAML. */
  readonly example: string | undefined
  /** Keys that may stand below. */
  readonly keys: readonly string[]
}

/** Looks a path up in the published schema. */
export function describeSchema(path: Path): SchemaDescription {
  root ??= configJsonSchema()
  let nodes: readonly JsonSchema[] = [root]
  for (const key of path) nodes = nodes.flatMap(branches).flatMap((node) => step(node, key))
  const [example] = nodes.flatMap((node) => (Array.isArray(node.examples) ? node.examples : []))
  return {
    description: nodes.map((node) => node.description).find((text) => typeof text === 'string'),
    example: example === undefined ? undefined : spell(example),
    keys: [...new Set(nodes.flatMap(branches).flatMap((node) => Object.keys(node.properties ?? {})))],
  }
}

function branches(node: JsonSchema): readonly JsonSchema[] {
  const alternatives = node.anyOf ?? node.oneOf
  return Array.isArray(alternatives) ? alternatives.filter(isSchema) : [node]
}

function step(node: JsonSchema, key: string | number): readonly JsonSchema[] {
  const { properties, items, additionalProperties } = node
  const own = isSchema(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  const next = own ?? (typeof key === 'number' ? items : additionalProperties)
  return isSchema(next) ? [next] : []
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}

function spell(example: unknown): string {
  return Array.isArray(example) ? `[${example.join(', ')}]` : String(example)
}
