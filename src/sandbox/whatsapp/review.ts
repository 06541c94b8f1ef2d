/** What Meta does with a template, and how it tells. */
import type { Runtime } from '../runtime.ts'
import type { Template } from './state.ts'
import { metaJson, postBody } from './updates.ts'

export type Decision = {
  event?: string
  reason?: string
  quality?: string
  category?: string
  upcomingCategory?: string
}

const DAY_MS = 86_400_000

export function reviewTemplate(runtime: Runtime, template: Template, decision: Decision) {
  const { event, reason, quality, category, upcomingCategory } = decision
  if (event) {
    template.status = event === 'REINSTATED' ? 'APPROVED' : event
    template.rejectedReason = reason ?? 'NONE'
    tell(runtime, template, 'message_template_status_update', { event, reason: reason ?? 'NONE' })
  }
  if (quality) {
    const previous = template.quality
    template.quality = quality
    const scores = { previous_quality_score: previous, new_quality_score: quality }
    tell(runtime, template, 'message_template_quality_update', scores)
  }
  if (category) {
    const previous = template.category
    template.category = category
    tell(runtime, template, 'template_category_update', { previous_category: previous, new_category: category })
  }
  if (upcomingCategory) {
    // The notice names today's category as the new one.
    tell(runtime, template, 'template_category_update', {
      correct_category: upcomingCategory,
      new_category: template.category,
      category_update_timestamp: Math.floor((runtime.clock.now() + DAY_MS) / 1000),
    })
  }
}

/** Account-level news: without `metadata`, to the address of the app. */
function tell({ world, courier, clock }: Runtime, template: Template, field: string, news: object) {
  const phone = [...world.whatsapp.phones.values()].find(each => each.wabaId === template.wabaId)
  if (!phone) return
  const value = {
    ...news,
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language,
  }
  const entry = { id: template.wabaId, time: Number(clock.seconds()), changes: [{ field, value }] }
  postBody(courier, phone, metaJson({ object: 'whatsapp_business_account', entry: [entry] }))
}
