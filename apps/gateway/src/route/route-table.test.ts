import type { IncomingMessage } from 'node:http'
import type { Operation } from '@countersign/auth-core'
import { describe, expect, it } from 'vitest'
import { createRouteTable } from './route-table.ts'

function operation(name: string, route: string): Operation {
  const [method = '', template = ''] = route.split(' ')
  return { name, method, template, scopes: [], replay: 'never', destructive: false }
}

const table = createRouteTable(
  [
    {
      name: 'shop',
      basePath: '/base',
      operations: [
        operation('orders.read', 'GET /orders/{id}'),
        operation('orders.latest', 'GET /orders/latest'),
        operation('orders.add', 'POST /orders'),
        operation('items.read', 'GET /orders/{id}/items/{item}'),
        operation('slash', 'GET /orders/'),
        operation('books.owner', 'GET /books/{id}/owner'),
        operation('books.account', 'GET /books/account/{name}'),
        operation('books.change', 'PUT /books/account/{name}'),
      ],
    },
    { name: 'shop-two', basePath: '', operations: [operation('root', 'GET /')] },
  ],
  'gateway.internal',
)

function route(method: string, url: string, host = 'gateway.internal:8080') {
  return table.route({ method, url, headers: { host } } as IncomingMessage)
}

describe('a request is routed', () => {
  it.each([
    ['GET', '/shop/orders/42', 'orders.read', '/base/orders/42'],
    ['HEAD', '/shop/orders/42', 'orders.read', '/base/orders/42'],
    ['GET', '/shop/orders/latest', 'orders.latest', '/base/orders/latest'],
    ['GET', '/shop/orders/lat%65st', 'orders.latest', '/base/orders/lat%65st'],
    ['GET', '/shop/orders/a%7Cb?x=%2F', 'orders.read', '/base/orders/a%7Cb?x=%2F'],
    ['GET', '/shop/orders/', 'slash', '/base/orders/'],
    ['GET', '/shop/orders/latest/items/1', 'items.read', '/base/orders/latest/items/1'],
    ['GET', '/shop-two/', 'root', '/'],
    ['GET', '/shop/books/1/owner', 'books.owner', '/base/books/1/owner'],
    ['GET', '/shop/books/account/1', 'books.account', '/base/books/account/1'],
    ['PUT', '/shop/books/account/owner', 'books.change', '/base/books/account/owner'],
    ['GET', '/shop/orders/LATEST/items/1', 'items.read', '/base/orders/LATEST/items/1'],
    ['GET', '/shop/orders/latest.json/items/1', 'items.read', '/base/orders/latest.json/items/1'],
    ['GET', '/shop/orders/42.json', 'orders.read', '/base/orders/42.json'],
    ['GET', '/shop/orders/latest.of@example.org', 'orders.read', '/base/orders/latest.of@example.org'],
  ])('%s %s -> %s', (method, url, name, target) => {
    expect(route(method, url)).toMatchObject({ operation: { name }, target })
  })

  it.each(['shop.gateway.internal', 'SHOP.Gateway.Internal:443', 'shop.localhost:8080'])(
    'by host %s',
    (host) => {
      expect(route('GET', '/orders/1', host)).toMatchObject({ upstream: 'shop', target: '/base/orders/1' })
    },
  )
})

describe('a request is refused', () => {
  it.each([
    ['GET', '/shop', 'route.unknown'],
    ['GET', '/shop/books/account/owner', 'request.malformed'],
    ['HEAD', '/shop/books/account/owner', 'request.malformed'],
    ['GET', '/shop/orders/Latest', 'request.malformed'],
    ['HEAD', '/shop/orders/LAT%45ST', 'request.malformed'],
    ['GET', '/shop/orders/latest.json', 'request.malformed'],
    ['GET', '/shop/orders/Latest%2EXML', 'request.malformed'],
    ['GET', '/shop/orders/latest.', 'request.malformed'],
    ['GET', '/shop/books/ACCOUNT/owner', 'request.malformed'],
    ['GET', '/shop/books/ACCOUNT/1', 'route.unknown'],
    ['PUT', '/shop/books/ACCOUNT/1', 'route.unknown'],
    ['DELETE', '/shop/books/ACCOUNT/1', 'route.unknown'],
    ['GET', '/nobody/orders', 'route.unknown'],
    ['GET', '/shopx/orders/1', 'route.unknown'],
    ['GET', '/Shop/orders/1', 'route.unknown'],
    ['GET', '/sh%6fp/orders/1', 'route.unknown'],
    ['GET', '/shop/Orders/1', 'route.unknown'],
    ['GET', '/shop/orders/1/', 'route.unknown'],
    ['GET', '/shop/orders/1/items/', 'route.unknown'],
    ['DELETE', '/shop/orders/1', 'route.method'],
    ['get', '/shop/orders/1', 'route.method'],
    ['GET', '/__proto__/x', 'route.unknown'],
    ['GET', '/shop/constructor', 'route.unknown'],
  ])('%s %s -> %s', (method, url, code) => {
    expect(() => route(method, url)).toThrow(expect.objectContaining({ code }))
  })

  it('and learns which methods the path has', () => {
    expect(() => route('DELETE', '/shop/orders/latest')).toThrow(expect.objectContaining({ allow: ['GET'] }))
  })

  it('when the host names an upstream that does not exist', () => {
    expect(() => route('GET', '/shop/orders/1', 'nobody.gateway.internal')).toThrow(
      expect.objectContaining({ code: 'route.unknown' }),
    )
  })

  it('when a host only resembles the gateway', () => {
    expect(() => route('GET', '/orders/1', 'shop.gateway.internal.evil.test')).toThrow(
      expect.objectContaining({ code: 'route.unknown' }),
    )
  })
})
