import { Fault, type Operation, releaseOperation } from '@countersign/auth-core'
import { isRelease } from '../authorize/hypothetical-release.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { scopesOf } from '../exchange/exchange-request.ts'
import { targetFinderOf } from '../exchange/find-target.ts'
import { parseForm } from '../exchange/form.ts'
import type { JudgedNeed } from './judge-needs.ts'
import type { NeededRequest } from './need.ts'
import type { WrittenRule } from './policy-yaml.ts'

/** The scopes of a token that the rule lets out for a need; `undefined` where it lets a call through. */
export function releasedScopes({ explanation }: JudgedNeed): readonly string[] | undefined {
  return explanation?.operation === releaseOperation.name ? (explanation.token?.scopes ?? []) : undefined
}

/** The operations that a token of these scopes is enough for: whoever holds it can call them. */
export function enabledBy(
  scopes: ReadonlySet<string>,
  operations: Iterable<Operation>,
): readonly Operation[] {
  return [...operations].filter((operation) => operation.scopes.every((scope) => scopes.has(scope)))
}

/**
 * The smallest rule that releases the token that is asked for. `undefined`: it is no token request, there is no
 * such upstream, or it names no scopes, so that nothing says which operations it is for.
 */
export function releasingRule(request: NeededRequest, config: LoadedConfig): WrittenRule | undefined {
  const asked = askedOf(request)
  const scopes = new Set(asked?.scopes)
  const upstream = asked && upstreamOf(asked, config)
  if (upstream === undefined || scopes.size === 0) return undefined
  const known = config.upstreams.get(upstream)?.operations ?? []
  const names = enabledBy(scopes, known).flatMap(({ name, scopes: own }) => (own.length > 0 ? [name] : []))
  return names.length > 0 ? { upstream, operations: names, release: 'token' } : undefined
}

/** What a request calls its upstream: by its path, or the target of the token that it asks for. */
export function upstreamsNamed(request: NeededRequest): readonly string[] {
  if (!isRelease(request)) return [request.target.split(/[/?]/)[1] ?? '']
  const { audiences = [], resources = [] } = askedOf(request) ?? {}
  return [...audiences, ...resources.map((url) => url.replace(/\/$/, '').replace(/^.*\//, ''))]
}

interface Asked {
  readonly resources: readonly string[]
  readonly audiences: readonly string[]
  readonly scopes: readonly string[]
}

/** `undefined`: it asks for no token, or in no form that could be read. */
function askedOf(request: NeededRequest): Asked | undefined {
  if (!isRelease(request)) return undefined
  return unlessFault(() => {
    const form = parseForm(Buffer.from(request.body ?? ''))
    const values = (name: string) => form.get(name) ?? []
    return {
      resources: values('resource'),
      audiences: values('audience'),
      scopes: scopesOf(form.get('scope')?.[0]),
    }
  })
}

function upstreamOf(asked: Asked, config: LoadedConfig): string | undefined {
  return unlessFault(() => targetFinderOf(config)(asked))
}

function unlessFault<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
