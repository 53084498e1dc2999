import { describe, expect, it } from 'vitest'
import { endpointUrl } from '../tokens/endpoint-url.ts'
import { extraParameterProblem } from '../tokens/extra-parameters.ts'
import { presets } from './presets.ts'

describe.each([...presets.values()])('preset $name', (preset) => {
  it('names every operation once, in dotted groups', () => {
    const names = preset.operations.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z-]+(\.[a-z-]+)+$/)
  })

  it('has no two operations with one method and one path', () => {
    const shapes = preset.operations.map(
      ({ method, template }) => `${method} ${template.replace(/\{\w+\}/g, '{}')}`,
    )
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  it('writes templates that start at the root and whose variables are whole segments', () => {
    for (const { template } of preset.operations) expect(template).toMatch(/^(\/([\w-]+|\{\w+\}))+$/)
  })

  it('repeats nothing that changes something', () => {
    for (const { name, method, replay, destructive } of preset.operations) {
      const reads = method === 'GET' || /\.(search|list|get)$/.test(name)
      expect({ name, replay }).toEqual({ name, replay: reads ? 'on_401' : 'never' })
      const takes = method === 'DELETE' || /\.(revoke|set-password)$/.test(name)
      expect({ name, destructive }).toEqual({ name, destructive: takes })
    }
  })

  it('sends secrets to https: only, and no parameter that the gateway sets itself', () => {
    const { endpoint, fallbackEndpoint, parameters } = preset.token
    for (const address of [endpoint, fallbackEndpoint].filter((text) => text !== undefined)) {
      expect(endpointUrl(address.replace(/^\{(url|origin)\}/, preset.url ?? '')).protocol).toBe('https:')
    }
    if (preset.url !== undefined) expect(preset.url).toMatch(/^https:\/\/[^/]+(\/[^/?#]+)*$/)
    expect(Object.keys(parameters).map(extraParameterProblem)).toEqual(
      Object.keys(parameters).map(() => undefined),
    )
  })
})

it('asks Inbox Manager for its API audience with JSON, credentials in the body, at the other host', () => {
  expect(presets.get('inbox-manager')).toMatchObject({
    url: 'https://api.inbox-manager.com',
    token: {
      endpoint: 'https://auth.inbox-manager.com/oauth2/token',
      audience: 'https://api.inbox-manager.com',
      clientAuth: 'client_secret_post',
      body: 'json',
    },
  })
})
