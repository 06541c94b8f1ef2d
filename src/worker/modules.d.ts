/** Bindings, where no request hands them over (developers.cloudflare.com/workers/runtime-apis/bindings). */
declare module 'cloudflare:workers' {
  export const env: { ASSETS: { fetch: typeof fetch } }
}

/** What is used of it; its own types are not in its exports. */
declare module 'date-holidays-parser' {
  export default class HolidaysParser {
    constructor(rules: unknown, country?: string, state?: string, region?: string)
  }
}
