// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import type { CheckContext } from './check-context.ts'
import { locate, type Path, section } from './located.ts'
import { unresolved } from './node-locator.ts'
import { isReference } from './references.ts'

/** A secret is named in a configuration, never written into it: files are reviewed, copied and committed. */
export function checkSecrets({ root, faults }: CheckContext): void {
  const paths: Path[] = [['gateway', 'audit', 'key']]
  for (const name of section(root, 'upstreams').keys())
    paths.push(['upstreams', name, 'credential', 'client_secret'])
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
