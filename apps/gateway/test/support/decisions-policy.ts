/** A policy in which every part of a request decides something somewhere. */
export const decisionsPolicy = `
gateway: { audience: https://gateway.internal, listen: 127.0.0.1:0, audit: { file: ./audit.jsonl } }
issuers:
  login: { kind: jwt, issuer: https://login.example, jwks: https://login.example/jwks }
upstreams:
  u1:
    url: https://u1.example
    token: { endpoint: https://u1.example/token }
    credential: { client_id: gateway, client_secret: "\${env:U1}" }
    operations:
      accounts.list: { route: "GET /accounts" }
      accounts.get: { route: "GET /accounts/{id}", scopes: [read] }
      accounts.me: { route: "GET /accounts/me" }
      accounts.probe: { route: "HEAD /accounts/me" }
      accounts.remove: { route: "DELETE /accounts/{id}" }
      accounts.folder: { route: "GET /accounts/" }
      members.add: { route: "POST /accounts/{id}/members", scopes: [write] }
      members.list: { route: "GET /accounts/{id}/members" }
  u2:
    url: https://u2.example
    token: { endpoint: https://u2.example/token }
    credential: { client_id: gateway, client_secret: "\${env:U2}" }
    operations:
      things.put: { route: "PUT /{kind}/{id}" }
      things.list: { route: "GET /{kind}" }
services:
  all:
    identities: [{ issuer: login, subject: all }]
    allow:
      - { upstream: u1, operations: [accounts.*, members.*] }
      - { upstream: u2, operations: [things.*] }
  some:
    identities: [{ issuer: login, subject: some }]
    allow:
      - { upstream: u1, operations: [accounts.get], when: request.path.id == "42" }
      - { upstream: u1, operations: [accounts.list], when: request.query.role == "viewer" }
      - { upstream: u1, operations: [members.add], when: 'request.body.role in ["viewer", "member"]' }
      - { upstream: u1, operations: [members.list], when: 'request.headers["x-team"] == "red"' }
      - { upstream: u2, operations: [things.put], when: 'identity.claims.tenant == "acme"', limit: 1/minute }
  watched:
    mode: shadow
    identities: [{ issuer: login, subject: watched }]
    allow:
      - { upstream: u1, operations: [accounts.get], when: request.path.id == "42" }
`
