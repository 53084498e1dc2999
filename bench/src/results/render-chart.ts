import type { ScenarioResult } from '../run-scenario.ts'
import { median } from './median.ts'

const width = 760
const labelWidth = 210
const rowHeight = 34
const top = 48
const barHeight = 20

/**
 * Requests a second of each subject as a multiple of `base`, as SVG: bars on a common scale; the longest are
 * cut where they would push the others into a corner, and say so by their number.
 */
export function renderChart(scenario: ScenarioResult, base: string, ours: string): string | undefined {
  const speed = (label: string) => median(scenario.samples[label]?.flatMap(({ rps }) => rps ?? []) ?? [])
  const unit = speed(base)
  if (unit === undefined) return undefined
  const bars = Object.keys(scenario.samples)
    .map((label) => ({ label, multiple: (speed(label) ?? 0) / unit }))
    .toSorted((a, b) => b.multiple - a.multiple)
  const scale = (width - labelWidth - 70) / longest
  const height = top + bars.length * rowHeight + 12
  const drawn = bars.map(({ label, multiple }, at) => {
    const y = top + at * rowHeight
    const length = Math.min(multiple, longest) * scale
    const shade = label === ours ? 'ours' : 'other'
    return `  <text x="${labelWidth - 12}" y="${y + 15}" text-anchor="end" class="${shade}-text">${label}</text>
  <rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="3" class="${shade}"/>
  <text x="${labelWidth + length + 8}" y="${y + 15}">${multiple.toFixed(2)} ×${multiple > longest ? ' (bar cut)' : ''}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${scenario.title}: requests per second, ${base} = 1">
  <style>${style}</style>
  <rect width="100%" height="100%" class="paper"/>
  <text x="20" y="26" class="title">${scenario.title}: requests per second on one core, ${base} = 1</text>
${drawn.join('\n')}
</svg>
`
}

/** A multiple beyond which bars are cut. */
const longest = 3

const style = `
    text { font: 14px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600 } .ours-text { font-weight: 600 }
    .paper { fill: #ffffff } .ours { fill: #0a6b4b } .other { fill: #9aa4ae }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .paper { fill: #0d1117 } .ours { fill: #3fb98a } .other { fill: #57606a }
    }`
