/**
 * What a message of each type says where nothing more is asked of it: in Meta's shapes, with `text` where words go. Files
 * are in `sample-files.ts`.
 */
export function sampleOf(type: string, text: string | undefined): Record<string, unknown> {
  switch (type) {
    case 'text':
      return { text: { body: text ?? '' } }
    case 'location':
      return { location: { latitude: 20.9674, longitude: -89.6243, ...(text ? { name: text } : {}) } }
    case 'contacts':
      return { contacts: [{ name: { formatted_name: text ?? 'Luis Peña' }, phones: [{ phone: '+52 999 111 2222' }] }] }
    case 'interactive':
      return { interactive: { type: 'button_reply', button_reply: { id: 'opcion-1', title: text ?? 'Sí' } } }
    case 'button':
      return { button: { text: text ?? 'Sí', payload: 'opcion-1' } }
    case 'order': {
      const item = { product_retailer_id: 'ROSA-12', quantity: 1, item_price: 150, currency: 'MXN' }
      return { order: { catalog_id: '700700', product_items: [item], ...(text ? { text } : {}) } }
    }
    case 'unsupported':
      return { errors: [{ code: 131051, title: 'Message type unknown' }], unsupported: { type: 'poll' } }
    default:
      return {}
  }
}
