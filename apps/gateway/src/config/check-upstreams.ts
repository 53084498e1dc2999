import type { Preset } from '@countersign/auth-core'
import type { CheckContext } from './check-context.ts'
import { type Located, type Path, section } from './located.ts'
import { OverlapFinder } from './overlap-finder.ts'
import { Problem } from './schema/problem.ts'
import { parseRoute } from './schema/route.ts'

/** What no schema can say of an upstream: what a preset leaves to be said, and routes that overlap. */
export function checkUpstreams(context: CheckContext): void {
  for (const [name, upstream] of section(context.root, 'upstreams')) {
    if (upstream.children.size === 0) continue
    checkComplete(context, name, upstream)
    checkOverlaps(context, name, upstream)
  }
}

/** Without a preset everything is spelt out; with one, whatever it leaves open. */
function checkComplete({ root, presets, faults }: CheckContext, name: string, upstream: Located): void {
  const named = upstream.children.get('preset')
  const preset = typeof named?.value === 'string' ? presets.get(named.value) : undefined
  if (named !== undefined && preset === undefined) return
  const needed: readonly (readonly [Path, boolean, string])[] = [
    [['url'], preset?.url !== undefined, 'say where the admin API is: url: https://api.example'],
    [
      ['token', 'endpoint'],
      (preset?.token.endpoint ?? preset?.token.consent) !== undefined || saysWhere(upstream),
      'say where tokens come from: endpoint: https://…, or issuer: https://…; or token: none',
    ],
    [
      ['tenant'],
      !needsTenant(preset, upstream),
      'say whose system it is: tenant: acme; or give the addresses that hold it: url, token.endpoint',
    ],
    [
      ['operations'],
      preset !== undefined,
      'name what may be called: invoices.read: { route: "GET /v1/invoices" }',
    ],
  ]
  for (const [path, known, hint] of needed) {
    if (known || path.reduce<Located | undefined>((node, key) => node?.children.get(key), upstream)) continue
    faults.add(root, { path: ['upstreams', name, ...path], message: 'is missing', hint })
  }
  const operations = upstream.children.get('operations')
  if (preset === undefined && operations?.children.size === 0 && typeof operations.value === 'object') {
    faults.add(root, {
      path: ['upstreams', name, 'operations'],
      message: 'is empty',
      hint: 'nothing could be called; name at least one operation',
    })
  }
}

/** Does it name the issuer of its tokens, or want none? */
function saysWhere({ children }: Located): boolean {
  const token = children.get('token')
  return token?.value === 'none' || token?.children.has('issuer') === true
}

/** Do the preset's addresses hold the tenant, as far as the configuration does not replace them? */
function needsTenant(preset: Preset | undefined, { children }: Located): boolean {
  const token = children.get('token')?.children
  const templates = [
    children.has('url') ? undefined : preset?.url,
    token?.has('endpoint') ? undefined : preset?.token.endpoint,
    token?.has('audience') ? undefined : preset?.token.audience,
    preset?.token.consent?.authorize,
    preset?.token.consent?.exchange,
  ]
  return templates.some((template) => template?.includes('{tenant}'))
}

function checkOverlaps({ root, presets, faults }: CheckContext, name: string, upstream: Located): void {
  const own = upstream.children.get('operations')?.children ?? new Map<string, Located>()
  const named = upstream.children.get('preset')?.value
  const preset = typeof named === 'string' ? presets.get(named) : undefined
  const finder = new OverlapFinder()
  for (const operation of preset?.operations ?? []) if (!own.has(operation.name)) finder.add(operation)
  for (const [key, operation] of own) {
    const text = operation.children.get('route')?.value
    const route = typeof text === 'string' ? parseRoute(text) : undefined
    if (route === undefined || route instanceof Problem) continue
    const other = finder.add({ name: String(key), ...route })
    if (other === undefined) continue
    faults.add(root, {
      path: ['upstreams', name, 'operations', key, 'route'],
      message: `overlaps with that of ${other}: a request could mean either`,
      hint: 'give each request one operation; a literal segment may stand beside a variable',
    })
  }
}
