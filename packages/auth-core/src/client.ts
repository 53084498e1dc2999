/** What gateway and clients agree on, for code that must not pull in anything else: no jose, no node. */
export { type FaultCode, faultKinds, type Owner } from './fault.ts'
export { faultType, type Problem } from './problem.ts'
