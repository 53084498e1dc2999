export type { Clock } from './clock.ts'
export {
  Fault,
  type FaultCode,
  type FaultKind,
  type FaultOptions,
  faultKinds,
  type Owner,
  type RateLimitState,
} from './fault.ts'
export type { Fetch, FetchInit } from './fetch.ts'
export { type Certificate, readCertificate } from './identity/certificate.ts'
export type { Identity } from './identity/identity.ts'
export {
  createIssuer,
  type Issuer,
  type IssuerOptions,
  type IssuerSurroundings,
} from './identity/issuer.ts'
export { type IssuerKind, issuerProfiles } from './identity/issuer-profile.ts'
export type { KeySet } from './identity/key-set.ts'
export type { KeySource } from './identity/key-source.ts'
export { quoted } from './identity/quoted.ts'
export { parseSecureUrl } from './identity/secure-url.ts'
export { type SignatureAlgorithm, signatureAlgorithms } from './identity/signature-algorithm.ts'
export { isTrustDomain, parseSpiffeId } from './identity/spiffe-id.ts'
export {
  isJsonObject,
  type Json,
  type JsonObject,
  parseStrictJson,
  type StrictJsonOptions,
} from './identity/strict-json.ts'
export {
  type ClientCertificate,
  createCertificateVerifier,
} from './identity/verify-certificate.ts'
export {
  type CallerCredential,
  createCredentialVerifier,
  type VerifyCredential,
} from './identity/verify-credential.ts'
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
} from './identity/verify-token.ts'
export { authorize, type Means } from './policy/authorize.ts'
export type { ClaimConditions } from './policy/claim-conditions.ts'
export { compilePolicy } from './policy/compile-policy.ts'
export type { CompiledRule } from './policy/compile-rule.ts'
export { checkCondition } from './policy/condition/check-condition.ts'
export type { Condition } from './policy/condition/compile-condition.ts'
export type { ConditionReport } from './policy/condition/report-condition.ts'
export { type Decision, decide, type Miss } from './policy/decide.ts'
export { type ExaminedRule, type Explanation, explain, type RuleReference } from './policy/explain.ts'
export { findWarnings, type PolicyWarning } from './policy/find-warnings.ts'
export type { Grant, TokenRequest } from './policy/grant.ts'
export { compileIdentity, type IdentityDefinition, type IdentityPattern } from './policy/identity-pattern.ts'
export { type JudgedBody, judgeBody, maxJudgedBytes } from './policy/judge-body.ts'
export type { Operation } from './policy/operation.ts'
export { parameterKey, parameterName } from './policy/parameter-key.ts'
export type {
  Mode,
  Policy,
  PolicyDefinition,
  PolicyFault,
  RuleDefinition,
  Service,
  ServiceDefinition,
  UpstreamDefinition,
} from './policy/policy.ts'
export type { Question } from './policy/question.ts'
export { parseRateLimit, type RateLimit, type RateLimiter, type RateState } from './policy/rate-limit.ts'
export { type Release, releaseOperation } from './policy/release.ts'
export { mayNotExchange } from './policy/release-refusal.ts'
export { subjectPatternFlaw } from './policy/subject-pattern.ts'
export type { AudienceDiscovery, CredentialScheme, Preset, PresetToken } from './presets/preset.ts'
export { presets } from './presets/presets.ts'
export { Secret } from './secret.ts'
export { TextMap } from './text-map.ts'
export {
  type AudienceFinder,
  type AudienceFinderOptions,
  createAudienceFinder,
} from './tokens/audience-finder.ts'
export { type ClientAuthMethod, clientAuthMethods } from './tokens/client-auth.ts'
export type { GrantDifference } from './tokens/compare-grant.ts'
export type { ConsentFlow } from './tokens/consent-flow.ts'
export { type ConsentSourceOptions, createConsentSource } from './tokens/consent-source.ts'
export type { ConsentedAccount } from './tokens/consented-account.ts'
export { createTokenSource, type ObservableTokenSource } from './tokens/create-token-source.ts'
export type { AssertionAlgorithm, AssertionKey, Credential, OwnCertificate } from './tokens/credential.ts'
export { createCredentialSource } from './tokens/credential-source.ts'
export { createDiscoveringSource } from './tokens/discovering-source.ts'
export { type CodeExchange, type ExchangedToken, exchangeCode } from './tokens/exchange-code.ts'
export { extraParameterProblem } from './tokens/extra-parameters.ts'
export type { SubjectToken } from './tokens/subject-token.ts'
export type { TokenAdaptation } from './tokens/token-adaptation.ts'
export { TokenCache } from './tokens/token-cache.ts'
export type { MintReason, TokenEvent } from './tokens/token-event.ts'
export type { TokenGrantType } from './tokens/token-grant.ts'
export type { RefusalReason, TokenSource } from './tokens/token-source.ts'
export type { TokenSourceOptions } from './tokens/token-source-options.ts'
export type { TokenStatus } from './tokens/token-status.ts'
export type { Minted, UpstreamToken } from './tokens/upstream-token.ts'
export type { WebhookScheme } from './webhooks/webhook-scheme.ts'
