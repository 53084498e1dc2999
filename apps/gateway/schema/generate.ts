import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../src/config/json-schema.ts'

// `pnpm run schema` after a change of src/config/schema; a test fails while the file is behind.
const file = new URL('./countersign.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
