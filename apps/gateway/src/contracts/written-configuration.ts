// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import type { Preset } from '@countersign/auth-core'
import { parse, stringify } from 'yaml'
import type { LoadedConfig } from '../config/loaded-config.ts'

/** Everything of a configuration but its services, as it is written: references are not resolved. */
export function writtenConfiguration({ sources }: LoadedConfig): string {
  const sections: Record<string, object> = {}
  for (const text of sources.values()) {
    const written = parse(text) as Record<string, object | null>
    for (const [name, section] of Object.entries(written)) {
      if (name !== 'services') sections[name] = { ...sections[name], ...section }
    }
  }
  return stringify(sections, { lineWidth: 0 })
}

/** A configuration in front of known systems, to be filled in: addresses and names in it are examples. */
export function exampleConfiguration(presets: readonly Preset[]): string {
  const consents = presets.some(({ token }) => token.grantType === 'consent')
  const outside = { listen: '0.0.0.0:8443', url: 'https://gateway.example', tls: 'off' }
  const store = { file: '/var/lib/countersign/store', keys: { first: '${env:STORE_KEY}' }, active: 'first' }
  return stringify(
    {
      gateway: {
        audience: 'https://gateway.internal',
        listen: '127.0.0.1:8080',
        ...(consents && { public: outside, store, operators: [{ issuer: 'internal', subject: 'operator' }] }),
      },
      issuers: { internal: { kind: 'jwt', issuer: 'https://issuer.internal' } },
      upstreams: Object.fromEntries(presets.map((preset) => [preset.name, exampleUpstream(preset)])),
    },
    { lineWidth: 0 },
  )
}

function exampleUpstream({ name, url, token, credentials = {} }: Preset): object {
  const variable = (key: string) => `\${env:${`${name}_${key}`.toUpperCase().replaceAll('-', '_')}}`
  const shown = Object.values(credentials).flatMap(({ query = {}, headers = {} }) => [
    ...Object.values(query),
    ...Object.values(headers),
  ])
  const keys = [...new Set(['client_id', 'client_secret', ...shown])]
  const addresses = `${url} ${token.endpoint} ${token.audience}`
  return {
    preset: name,
    ...(url === undefined && { url: `https://${name}.example` }),
    ...(addresses.includes('{tenant}') && { tenant: 'example' }),
    credential: Object.fromEntries(keys.map((key) => [key, variable(key)])),
  }
}
