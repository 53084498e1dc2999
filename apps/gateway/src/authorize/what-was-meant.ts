import { Fault, type Operation } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { suggest } from '../config/suggest.ts'
import type { Hypothetical, HypotheticalAnswer } from './hypothetical.ts'

/**
 * For a request that reaches no operation: a path, another upstream, or another of the operations about there.
 * Compares with all there are, so it is for people who ask once.
 */
export function whatWasMeant(
  { method, target, headers = [] }: Hypothetical,
  answer: HypotheticalAnswer,
  { upstreams }: LoadedConfig,
): string | undefined {
  const isMalformed = 'fault' in answer && answer.fault.code === 'request.malformed'
  if (isMalformed && !target.startsWith('/'))
    return `"${target}" is no path: give METHOD /PATH, without scheme and host`
  if (unreached(answer) === undefined) return undefined
  // Where the host says which upstream, the path is all its own.
  if (headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host')) return undefined
  const [, name = '', ...segments] = (target.split('?')[0] ?? '').split('/')
  const upstream = upstreams.get(name)
  if (upstream === undefined) return `there is no upstream "${name}"; ${suggest(name, upstreams.keys())}`
  const routes = upstream.operations.map((operation) => ({
    ...operation,
    path: likened(operation, segments),
  }))
  const alike = routes.map(({ path }) => sharedLength(path, segments))
  const nearest = routes.filter((_, at) => alike[at] === Math.max(...alike))
  return suggest(
    `${method} /${segments.join('/')}`,
    nearest.map((route) => `${route.method} /${route.path.join('/')}`),
  )
}

/** Why a request reaches no operation, whatever a stranger is told of it; `undefined` where it is no matter of that. */
export function unreached(answer: HypotheticalAnswer): Fault | undefined {
  if (!('fault' in answer)) return undefined
  const { fault } = answer
  const behind = fault.code === 'policy.refused' ? fault.cause : fault
  return behind instanceof Fault && behind.code.startsWith('route.') ? behind : undefined
}

/** The path of an operation, with what was asked for in place of its variables. */
function likened({ template }: Operation, segments: readonly string[]): readonly string[] {
  const own = template.split('/').slice(1)
  return own.map((segment, at) => (segment.startsWith('{') ? (segments[at] ?? segment) : segment))
}

function sharedLength(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((segment, at) => segment !== other[at])
  return differs === -1 ? one.length : differs
}
