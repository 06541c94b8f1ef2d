/**
 * The package date-holidays on Workers: its rules of all countries are a file beside the console (`/data/holidays.json`), so that
 * the Worker carries the code alone. `wrangler.toml` puts this in its place; it is loaded within a request.
 */
import { env } from 'cloudflare:workers'
import HolidaysParser from 'date-holidays-parser'

const answer = await env.ASSETS.fetch('https://assets.local/data/holidays.json')
if (!answer.ok) throw new Error(`The list of holidays is not among the assets: ${answer.status}`)
const rules: unknown = await answer.json()

export default class Holidays extends HolidaysParser {
  constructor(country?: string, state?: string, region?: string) {
    super(rules, country, state, region)
  }
}
