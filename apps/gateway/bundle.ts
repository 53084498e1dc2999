import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import manifest from './package.json' with { type: 'json' }
import { thirdPartyNotices } from './third-party-notices.ts'

/**
 * Makes the package that is published and that the image runs: `bundle.ts [FOLDER]`, default `dist`. Its code is in a
 * few files, and it depends on no other package: see docs/adr/0005-the-gateway-ships-as-a-bundle.md.
 */
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = resolve(process.argv[2] ?? join(here, 'dist'))

rmSync(join(folder, 'lib'), { recursive: true, force: true })
const bundle = await rolldown({ input: join(here, 'src/main.ts'), platform: 'node' })
const { output } = await bundle.write({ dir: join(folder, 'lib'), sourcemap: true })
await bundle.close()

const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(modules))
cpSync(join(here, 'schema/countersign.schema.json'), join(folder, 'schema/countersign.schema.json'))
cpSync(join(here, 'README.md'), join(folder, 'README.md'))
cpSync(join(here, '../../LICENSE'), join(folder, 'LICENSE'))

const { name, version, description, license, type, engines } = manifest
const bin = { countersign: './lib/main.js' }
const files = ['lib', 'schema', 'THIRD-PARTY-NOTICES.txt']
const published = { name, version, description, license, type, bin, files, engines }
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
