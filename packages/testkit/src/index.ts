/**
 * What the tests of this repository stand on. Published is `kit/index.ts` alone, under the same name; the rest may change
 * with any commit.
 */
export { aurinkoOperations, type DescribedOperation } from './aurinko-operations.ts'
export { aurinkoSchemas } from './aurinko-schemas.ts'
export {
  answersInstead,
  type ConnectionFault,
  cutsOffAfter,
  delays,
  drips,
  passesOn,
  resetsAfter,
  resetsAtOnce,
  swallows,
  takesNothing,
} from './connection-fault.ts'
export { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
export { type Fields, fieldValues } from './fields.ts'
export { type Forgery, forgeToken } from './forge-token.ts'
export { type CountersignKit, startCountersign } from './kit/index.ts'
export { type LoopbackServer, listenOnLoopback } from './loopback-server.ts'
export { createManualClock, type ManualClock } from './manual-clock.ts'
export { type ContentRule, type FramedMessage, FramingError, frameMessage } from './message-framing.ts'
export {
  answersGzipBomb,
  answersHtml,
  answersHuge,
  answersJson,
  answersStatus,
  hangs,
  type Mood,
  redirects,
  resets,
  trickles,
  truncates,
} from './mood.ts'
export { type ProcessOptions, startProcess, type TestProcess } from './process.ts'
export {
  answersOk,
  type RawAnswer,
  rawAnswer,
  resetsConnection,
  sendsThenCloses,
  staysSilent,
} from './raw-answer.ts'
export {
  connectRaw,
  type RawConnection,
  type RawEnding,
  type RawExchange,
  type RawTarget,
  sendRaw,
} from './raw-client.ts'
export { type RawResponse, type RawResponses, readResponses } from './raw-response.ts'
export { type RecordedRequest, type Recorder, startRecorder } from './recorder.ts'
export { rsaPublicKey } from './rsa-public-key.ts'
export { createScriptedEndpoint, type ScriptedEndpoint, type SeenRequest } from './scripted-endpoint.ts'
export { createSigningKey, type SigningKey } from './signing-key.ts'
export {
  type CertificateOptions,
  clientAuth,
  createTestAuthority,
  type IssuedCertificate,
  serverAuth,
  type TestAuthority,
} from './test-authority.ts'
export { type SignOptions, startTestIssuer, type TestIssuer, type TestIssuerOptions } from './test-issuer.ts'
export { startTokenEndpoint, type TestTokenEndpoint } from './token-endpoint.ts'
