import { configJsonSchema, type JsonSchema } from './json-schema.ts'

interface Row {
  readonly key: string
  readonly says: string
}

const marker = /(?<=^<!-- made by .*-->\n\n)[\s\S]*/m

/** The page with every key of a configuration below its marker, by the words of the published schema. */
export function withReference(page: string): string {
  return page.replace(marker, reference)
}

function reference(): string {
  const sections = childrenOf(configJsonSchema().properties).map(([name, node]) => {
    const named = isSchema(node.additionalProperties) ? node.additionalProperties : undefined
    const title = named ? `${name}.NAME` : name
    const rows = distinct(rowsOf(named ?? node)).map(({ key, says }) => `| ${key} | ${says} |`)
    return `## \`${title}\`\n\n${node.description}\n\n| key | |\n|---|---|\n${rows.join('\n')}\n`
  })
  return sections.join('\n')
}

/** @param kind of an issuer, whose keys differ by it */
function rowsOf(node: unknown, path = '', kind = ''): readonly Row[] {
  if (!isSchema(node) || '$ref' in node) return []
  const { properties, items, additionalProperties, anyOf, oneOf } = node
  const own = childrenOf(properties).flatMap(([name, child]) => {
    const key = path === '' ? name : `${path}.${name}`
    return [
      { key: `\`${key}\`${kind}`, says: `${child.description}${choices(child)}` },
      ...rowsOf(child, key, kind),
    ]
  })
  const branches = [anyOf, oneOf].flat().filter(isSchema)
  return [
    ...own,
    ...rowsOf(additionalProperties, `${path}.NAME`, kind),
    ...rowsOf(items, path, kind),
    ...branches.flatMap((branch) => rowsOf(branch, path, kindOf(branch) ?? kind)),
  ]
}

function choices({ enum: values }: JsonSchema): string {
  return Array.isArray(values) ? ` One of ${values.map((value) => `\`${value}\``).join(', ')}.` : ''
}

function kindOf({ properties }: JsonSchema): string | undefined {
  const kind = childrenOf(properties).find(([name]) => name === 'kind')?.[1].const
  return typeof kind === 'string' ? ` of \`${kind}\`` : undefined
}

/** What several kinds have in common stands there once, without a kind. */
function distinct(rows: readonly Row[]): readonly Row[] {
  const byWords = new Map<string, Row>()
  for (const row of rows) {
    const bare = row.key.replace(/ of `.*/, '')
    const words = JSON.stringify([bare, row.says])
    byWords.set(words, byWords.has(words) ? { ...row, key: bare } : row)
  }
  return [...byWords.values()]
}

function childrenOf(properties: unknown): readonly (readonly [string, JsonSchema])[] {
  if (!isSchema(properties)) return []
  return Object.entries(properties).flatMap(([name, child]) =>
    isSchema(child) ? [[name, child] as const] : [],
  )
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}
