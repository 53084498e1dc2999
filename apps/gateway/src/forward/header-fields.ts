/**
 * Fields that belong to one connection and never cross the gateway (RFC 9110 7.6.1). `Connection` may name
 * more of them; what it names is dropped as well, except that a caller cannot make a field vanish that way:
 * upstream only the allow-list and our own fields exist in the first place.
 */
export const hopByHopFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * What a caller may say to an upstream. Everything else stays here: credentials and cookies, forwarded-for
 * claims, method overrides, and whatever a vendor may invent. An upstream's own fields are added under
 * `headers` in its configuration.
 */
export const forwardedRequestFields: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
  'digest',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'pragma',
  'prefer',
  'priority',
  'range',
  'user-agent',
  'want-digest',
])

/** Fields of an answer that concern the upstream's own origin, not the gateway's, or that the gateway says itself. */
export const originBoundFields: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'proxy-status',
  'public-key-pins',
  'set-cookie',
  'strict-transport-security',
  'via',
  'x-request-id',
])
