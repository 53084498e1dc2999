import { readFileSync, writeFileSync } from 'node:fs'
import { withReference } from '../src/config/config-reference.ts'
import { configJsonSchema } from '../src/config/json-schema.ts'

// `npm run schema` after a change of src/config/schema; a test fails while one of the files is behind.
const file = new URL('./countersign.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
const page = new URL('../../../docs/configuration.md', import.meta.url)
writeFileSync(page, withReference(readFileSync(page, 'utf8')))
