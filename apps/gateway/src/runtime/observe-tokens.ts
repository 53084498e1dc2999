import type { TokenEvent } from '@countersign/auth-core'
import type { UpstreamSurroundings } from './set-up-upstream.ts'

/** Turns what a token source does into metrics, and what an operator has to know into a warning. */
export function observeTokens({ metrics, warn }: Pick<UpstreamSurroundings, 'metrics' | 'warn'>) {
  return function observe(event: TokenEvent): void {
    const { upstream } = event
    switch (event.type) {
      case 'mint':
        metrics.mints.inc({ upstream, result: event.result })
        if (event.result !== 'ok') warn({ ...event }, 'no token from the token endpoint')
        return
      case 'credential':
        metrics.credentialChanges.inc({ upstream, result: event.result })
        if (event.result !== 'adopted') warn({ ...event }, credentialWords[event.result])
        return
      case 'cache':
        metrics.countTokenUse(upstream, event.result)
        return
      case 'replace':
        metrics.tokenRefusals.inc({ upstream, result: event.result })
        return
      case 'waiters':
        metrics.mintWaiters.set({ upstream }, event.waiting)
        return
      case 'granted-differs':
        metrics.grantsDiffering.inc({ upstream })
        warn({ ...event }, 'the token endpoint granted something else than was asked for')
    }
  }
}

const credentialWords = {
  refused: 'the changed credential gets no token; the one before it goes on serving',
  fallback: 'the credential is refused that worked before; the one before it serves again',
}
