import { isJsonObject, type Json, parseStrictJson } from '@countersign/auth-core'
import type { BuildContext } from './build-context.ts'
import type { IssuerKeys } from './loaded-config.ts'
import { parsePem } from './parse-pem.ts'
import { secureUrl } from './schema/address.ts'
import type { KeyAddress } from './schema/issuers.ts'
import { Problem } from './schema/problem.ts'

/** Where the key set of an issuer is, or what the file holds; `undefined` after a fault. */
export function buildKeySet(
  name: string,
  { issuer, jwks }: { readonly issuer: string; readonly jwks: KeyAddress | undefined },
  context: BuildContext,
): IssuerKeys | undefined {
  if (jwks !== undefined) return buildKeys(jwks, { name, key: 'jwks', what: 'a JSON Web Key Set' }, context)
  const url = secureUrl(issuer)
  if (!(url instanceof Problem)) return { kind: 'discovery', issuer }
  context.faults.add(context.root, {
    path: ['issuers', name, 'issuer'],
    message: `${url.message}, so its keys cannot be discovered`,
    hint: `${url.hint}; or say where the keys are: jwks: https://… or jwks: file:…`,
  })
  return undefined
}

/** Where the bundle of a trust domain is, or what the file holds. Authorities in PEM become entries of a bundle. */
export function buildBundle(name: string, bundle: KeyAddress, context: BuildContext): IssuerKeys | undefined {
  return buildKeys(bundle, { name, key: 'bundle', what: 'a SPIFFE bundle' }, context)
}

function buildKeys(
  address: KeyAddress,
  { name, key, what }: { readonly name: string; readonly key: 'jwks' | 'bundle'; readonly what: string },
  context: BuildContext,
): IssuerKeys | undefined {
  if (address.kind === 'url') return address
  const path = ['issuers', name, key]
  const content = context.readText(address.path, path)
  if (content === undefined) return undefined
  const text = key === 'bundle' ? bundleOf(content) : content
  if (isKeySet(text)) return { kind: 'file', path: address.path, text }
  context.faults.add(context.root, {
    path,
    message: `names a file that is not ${what}`,
    hint: 'the file holds {"keys": […]} (RFC 7517 5)',
  })
  return undefined
}

function bundleOf(content: string): string {
  const authorities = parsePem(content)
  if (authorities.length === 0) return content
  return JSON.stringify({
    keys: authorities.map((der) => ({ use: 'x509-svid', x5c: [der.toString('base64')] })),
  })
}

function isKeySet(text: string): boolean {
  let document: Json
  try {
    document = parseStrictJson(text)
  } catch {
    return false
  }
  return isJsonObject(document) && Array.isArray(document.keys)
}
