import type { z } from 'zod'
import type { CheckContext } from './check-context.ts'
import { section } from './located.ts'
import { gatewaySchema } from './schema/gateway.ts'
import { issuerSchema } from './schema/issuers.ts'
import { serviceSchema } from './schema/services.ts'
import { nameKey } from './schema/text.ts'
import { upstreamName } from './schema/upstream-name.ts'
import { upstreamSchema } from './schema/upstreams.ts'
import { suggest } from './suggest.ts'
import { about, addIssues } from './zod-faults.ts'

/** What could be parsed. An entry with a fault is not here; the fault is reported. */
export interface ParsedSections {
  readonly gateway: z.output<typeof gatewaySchema> | undefined
  readonly issuers: ReadonlyMap<string, z.output<typeof issuerSchema>>
  readonly upstreams: ReadonlyMap<string, z.output<typeof upstreamSchema>>
  readonly services: ReadonlyMap<string, z.output<typeof serviceSchema>>
}

const sectionNames: readonly string[] = ['gateway', 'issuers', 'upstreams', 'services']

const testsHint = '`countersign test` finds it in *.test.yaml beside the configuration; take it out here'

/** One file of several lacks it as well. */
const gatewayHint = () => `${about(['gateway'])} Where it is in another file, give the folder of both.`

/** Parses entry by entry, so that a fault in one does not hide what is wrong with the next. */
export function parseSections(context: CheckContext): ParsedSections {
  const { root, faults } = context
  for (const name of root.children.keys()) {
    if (sectionNames.includes(String(name))) continue
    const hint = name === 'tests' ? testsHint : suggest(String(name), sectionNames)
    faults.add(root, { path: [name], message: 'is not a section', hint, atKey: true })
  }
  const written = root.children.get('gateway')
  const gateway = gatewaySchema.safeParse(written?.value)
  if (!written) faults.add(root, { path: ['gateway'], message: 'is missing', hint: gatewayHint() })
  else if (!gateway.success) addIssues(faults, root, ['gateway'], gateway.error.issues)
  return {
    gateway: gateway.data,
    issuers: parseEntries(context, 'issuers', { name: nameKey('an issuer'), entry: issuerSchema }),
    upstreams: parseEntries(context, 'upstreams', { name: upstreamName(), entry: upstreamSchema }),
    services: parseEntries(context, 'services', { name: nameKey('a service'), entry: serviceSchema }),
  }
}

interface EntrySchemas<T> {
  readonly name: z.ZodType<string, string>
  readonly entry: z.ZodType<T>
}

function parseEntries<T>(
  { root, faults }: CheckContext,
  sectionName: string,
  schemas: EntrySchemas<T>,
): ReadonlyMap<string, T> {
  const parsed = new Map<string, T>()
  for (const [name, located] of section(root, sectionName)) {
    const key = schemas.name.safeParse(name)
    if (!key.success) addIssues(faults, root, [sectionName, name], asKeyIssues(key.error.issues))
    const entry = schemas.entry.safeParse(located.value)
    if (!entry.success) addIssues(faults, root, [sectionName, name], entry.error.issues)
    else parsed.set(name, entry.data)
  }
  return parsed
}

/** The form in which zod itself reports the key of a record. */
function asKeyIssues(issues: z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return [{ code: 'invalid_key', origin: 'record', issues, path: [], message: 'Invalid key' }]
}
