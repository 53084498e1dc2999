import { z } from 'zod'
import { configSchema } from './schema/config.ts'

/** A node of the published schema, as far as it is read here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/**
 * The JSON Schema (2020-12) of a configuration *file*, made from the same source that validates, so that
 * editors complete and explain every key.
 *
 * It describes the text before references are resolved and is looser than the gateway in two ways: a file of
 * a folder holds only its part, so no section is required; formats are not patterns, since `${env:NAME}` may
 * stand anywhere.
 */
export function configJsonSchema(): JsonSchema {
  const {
    $schema,
    required: _required,
    ...schema
  } = z.toJSONSchema(configSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      // zod leaves out the examples of what is transformed, taking them for the result; ours are as written.
      const examples = z.globalRegistry.get(zodSchema)?.examples
      if (Array.isArray(examples)) jsonSchema.examples = examples
    },
  })
  return { $schema, ...schema }
}
