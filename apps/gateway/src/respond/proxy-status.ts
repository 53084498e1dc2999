import type { FaultCode } from '@countersign/auth-core'

/** The error type of RFC 9209 2.3 that fits a code best. */
const errorTypes: Readonly<Record<FaultCode, string>> = {
  'identity.missing': 'http_request_denied',
  'identity.malformed': 'http_request_denied',
  'identity.untrusted-issuer': 'http_request_denied',
  'identity.expired': 'http_request_denied',
  'identity.refused': 'http_request_denied',
  'identity.ambiguous': 'proxy_configuration_error',
  'identity.keys-unavailable': 'proxy_internal_response',
  'request.malformed': 'http_request_error',
  'request.too-large': 'http_request_error',
  'request.expectation': 'http_request_error',
  'request.timeout': 'http_request_error',
  'request.unsupported': 'http_request_error',
  'route.unknown': 'destination_not_found',
  'route.method': 'http_request_denied',
  'policy.refused': 'http_request_denied',
  'policy.scope': 'http_request_denied',
  'policy.rate-limited': 'http_request_denied',
  'exchange.grant-type': 'http_request_error',
  'exchange.subject-token': 'http_request_denied',
  'exchange.target': 'http_request_denied',
  'exchange.unreleasable': 'proxy_configuration_error',
  'mint.refused': 'proxy_configuration_error',
  'mint.unavailable': 'destination_unavailable',
  'mint.invalid-response': 'destination_unavailable',
  'mint.rejected-by-upstream': 'proxy_internal_response',
  'mint.audience-unknown': 'proxy_configuration_error',
  'audit.unavailable': 'proxy_internal_error',
  'upstream.unreachable': 'destination_unavailable',
  'upstream.timeout': 'http_response_timeout',
  'upstream.invalid-response': 'http_protocol_error',
  'upstream.aborted': 'http_response_incomplete',
  'upstream.credential-refused': 'proxy_configuration_error',
  'upstream.overloaded': 'connection_limit_reached',
  'upstream.circuit-open': 'destination_unavailable',
  'webhook.refused': 'http_request_denied',
  'webhook.repeated': 'http_request_denied',
  'webhook.undeliverable': 'destination_unavailable',
  'client.gone': 'http_request_error',
  'gateway.exhausted': 'proxy_internal_error',
  'gateway.unexpected': 'proxy_internal_error',
}

/** The `Proxy-Status` field (RFC 9209) of a fault: tells a gateway's own answer from an upstream's. */
export function proxyStatus(code: FaultCode): string {
  return `countersign; error=${errorTypes[code]}; details="${code}"`
}
