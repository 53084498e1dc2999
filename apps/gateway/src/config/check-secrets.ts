// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import type { CheckContext } from './check-context.ts'
import { locate, type Path, section } from './located.ts'
import { unresolved } from './node-locator.ts'
import { isReference } from './references.ts'

/** Members of a credential that are no secrets. */
const plain: ReadonlySet<string | number> = new Set(['client_id', 'key_id', 'algorithm'])

/** A secret is named in a configuration, never written into it: files are reviewed, copied and committed. */
export function checkSecrets({ root, faults }: CheckContext): void {
  const paths: Path[] = [
    ['gateway', 'audit', 'key'],
    ['gateway', 'public', 'signing_key'],
  ]
  for (const kid of locate(root, ['gateway', 'store', 'keys']).node.children.keys()) {
    paths.push(['gateway', 'store', 'keys', kid])
  }
  for (const [name, upstream] of section(root, 'upstreams')) {
    paths.push(['upstreams', name, 'webhook', 'secret'])
    for (const member of upstream.children.get('credential')?.children.keys() ?? []) {
      if (!plain.has(member)) paths.push(['upstreams', name, 'credential', member])
    }
  }
  for (const path of paths) {
    const { node, exact } = locate(root, path)
    if (!exact || node.value === unresolved || typeof node.value !== 'string') continue
    if (node.value === '' || isReference(node.source)) continue
    faults.add(root, {
      path,
      message: 'is a secret and must be a reference, alone',
      hint: 'write ${file:/run/secrets/NAME} or ${env:NAME}; if this was the real one, replace it at the vendor',
    })
  }
}
