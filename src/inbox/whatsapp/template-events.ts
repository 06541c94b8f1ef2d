/** The webhook fields that speak of templates. They carry no phone number: `entry.id`, the account, says whose they are. */
import { z } from 'zod'
import { type TemplateEvent, templateStatus } from '../../core/template.ts'

const words = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined)
const value = z.looseObject({
  event: words,
  message_template_id: words,
  message_template_name: words,
  message_template_language: words,
  reason: words,
  rejection_info: z.looseObject({ reason: words, recommendation: words }).optional().catch(undefined),
  other_info: z.looseObject({ title: words, description: words }).optional().catch(undefined),
  new_quality_score: words,
  previous_category: words,
  new_category: words,
  correct_category: words,
  category_update_timestamp: words,
})

/**
 * Null where it speaks of no template. Told by their keys, not by `field`: Meta has published the quality score under the
 * status field. Ids beyond 2^53 have lost their last digits by the time they are read, so the name goes along.
 */
export function readTemplateEvent(change: unknown): TemplateEvent | null {
  const parsed = value.safeParse(change)
  const given = parsed.data
  if (!given?.message_template_id) return null
  const template = {
    remoteId: given.message_template_id,
    name: given.message_template_name ?? null,
    language: given.message_template_language ?? null,
  }
  if (given.new_quality_score) return { kind: 'quality', ...template, quality: given.new_quality_score.toLowerCase() }
  if (given.new_category) return { kind: 'category', ...template, ...categories(given) }
  if (given.event) {
    return { kind: 'status', ...template, status: templateStatus(given.event), reason: reasonOf(given) }
  }
  return { kind: 'content', ...template }
}

/**
 * The notice of a change to come names the category to be as `correct_category`, and today's as `new_category`; the
 * change itself names today's as `new_category` too.
 */
function categories({ new_category, correct_category, category_update_timestamp }: z.infer<typeof value>) {
  const category = new_category?.toLowerCase() ?? null
  const upcoming = correct_category?.toLowerCase() ?? null
  if (!upcoming || upcoming === category) return { category, upcoming: null, upcomingAt: null }
  const seconds = Number(category_update_timestamp)
  return { category, upcoming, upcomingAt: seconds > 0 ? new Date(seconds * 1000) : null }
}

function reasonOf({ reason, rejection_info, other_info }: z.infer<typeof value>): string | null {
  const { title, description } = other_info ?? {}
  const said = [rejection_info?.reason, rejection_info?.recommendation, title, description]
  const plain = reason && reason !== 'NONE' ? reason : undefined
  return [...new Set([plain, ...said])].filter(part => part !== undefined && part !== '').join(': ') || null
}
