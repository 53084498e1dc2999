import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

const folder = fileURLToPath(new URL('../kubernetes', import.meta.url))
const main = fileURLToPath(import.meta.resolve('@countersign/gateway/src/main.ts'))
const kinds = {
  ConfigMap,
  Deployment,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
}

// biome-ignore lint/suspicious/noExplicitAny: manifests are judged by their schemas, below
type Manifest = any

const manifests: readonly Manifest[] = readdirSync(folder).flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS()),
)
const gateway = manifests.find(
  ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'countersign',
)

test.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]))(
  '%s is what the API of Kubernetes takes',
  (_name, manifest) => {
    const Kind = kinds[manifest.kind as keyof typeof kinds]
    expect(manifest.apiVersion).toBe(new Kind().apiVersion)
    new Kind(manifest).validate()
  },
)

test('a schema would notice', () => {
  const wrong = structuredClone(gateway)
  wrong.spec.template.spec.containers[0].readinessProbe.periodSeconds = 'often'
  expect(() => new Deployment(wrong).validate()).toThrow()
})

test('the pod meets the restricted standard, and cannot write to its file system', () => {
  const { spec } = gateway.spec.template
  expect(spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  for (const { securityContext, resources } of spec.containers) {
    expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true })
    expect(securityContext.capabilities).toEqual({ drop: ['ALL'] })
    expect(resources.limits.memory).toBeDefined()
  }
})

test('the configuration is one without faults, and every file it names is mounted', () => {
  const text: string = manifests.find(({ kind }) => kind === 'ConfigMap').data['countersign.yaml']
  const here = mkdtempSync(join(tmpdir(), 'manifest-'))
  try {
    writeFileSync(join(here, 'countersign.yaml'), text)
    expect(
      execFileSync(process.execPath, [main, 'check', here, '--policy-only'], { encoding: 'utf8' }),
    ).toContain('is fine')
  } finally {
    rmSync(here, { recursive: true })
  }
  const mounted: string[] = gateway.spec.template.spec.containers[0].volumeMounts.map(
    (mount: Manifest) => mount.mountPath,
  )
  const named = [...text.matchAll(/(?:\/run|\/etc)\/[\w/.-]+/g)].map(([path]) => path)
  expect(named.length).toBeGreaterThan(4)
  expect(named.filter((path) => !mounted.some((mount) => path.startsWith(`${mount}/`)))).toEqual([])
})

test('ports, labels and audience of gateway, service, network policy and caller fit together', () => {
  const find = (kind: string) => manifests.find((manifest) => manifest.kind === kind)
  const { labels } = gateway.spec.template.metadata
  const ports = gateway.spec.template.spec.containers[0].ports.map(({ name }: Manifest) => name)
  expect(find('Service').spec.selector).toEqual(labels)
  expect(find('NetworkPolicy').spec.podSelector.matchLabels).toEqual(labels)
  expect(ports).toContain(find('Service').spec.ports[0].targetPort)
  const caller = manifests.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name !== 'countersign',
  )
  const [from] = find('NetworkPolicy').spec.ingress[0].from
  expect(caller.spec.template.metadata.labels).toMatchObject(from.podSelector.matchLabels)
  const { audience } = caller.spec.template.spec.volumes[0].projected.sources[0].serviceAccountToken
  expect(find('ConfigMap').data['countersign.yaml']).toContain(`audience: ${audience}\n`)
})
