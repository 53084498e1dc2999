/**
 * Where a workload's own credential comes from: the token with which it tells the gateway who it is.
 *
 * `token()` is asked before every request, so a source that fetches keeps what it has (see
 * {@link functionIdentity}); it rejects when there is none, and never puts a token into an error.
 */
export interface IdentitySource {
  token(): string | Promise<string>
}
