import { type Clock, createIssuer, type Fetch, type Issuer, type KeySource } from '@countersign/auth-core'
import type { IssuerConfig } from '../config/loaded-config.ts'
import { createIssuerFetch } from './issuer-fetch.ts'
import { Keeper } from './keeper.ts'
import { LatestFetch } from './latest-fetch.ts'

/**
 * Makes issuers of their configurations. One whose configuration did not change keeps its keys: a reload
 * during an issuer's outage must not lock its callers out. Nor must one that gives the issuer more time.
 */
export function createIssuerSetup({ clock }: { readonly clock: Clock }) {
  const keeper = new Keeper<{ readonly way: LatestFetch; issuer?: Issuer }>()

  function setUp(config: IssuerConfig): Issuer {
    const { timeouts, ...rest } = config
    const kept = keeper.keep(rest, () => ({ way: new LatestFetch() }))
    kept.way.renew(timeouts, () => createIssuerFetch(config))
    kept.issuer ??= warmIssuer(config, kept.way.fetch)
    return kept.issuer
  }
  function warmIssuer(config: IssuerConfig, fetch: Fetch): Issuer {
    const issuer = createIssuer({ ...config, keys: keySource(config.keys) }, { clock, fetch })
    // Warm by the time the first call comes; a failure is remembered and shows in /readyz.
    void Promise.resolve(issuer.keys.current()).catch(() => {})
    return issuer
  }
  return { setUp, settle: () => keeper.settle() }
}

/** A file's keys were read with the configuration; a change of the file is a change of the configuration. */
function keySource(keys: IssuerConfig['keys']): KeySource {
  return keys.kind === 'file' ? { kind: 'given', read: async () => keys.text } : keys
}
