import { describe, expect, it } from 'vitest'
import { type Language, languages } from '../../src/core/errors.ts'
import { type MessageKind, messageKinds, messageStatuses } from '../../src/core/message.ts'
import { describeMessage, describeStatus, statusLines, summarizeMessage } from '../../src/core/rendering.ts'

describe('what a person reads', () => {
  it.each<[MessageKind, string, Record<string, unknown> | null, Language, string]>([
    ['text', 'Buenos días', null, 'es', 'Buenos días'],
    ['text', '[Imagen]', null, 'en', '[Imagen]'],
    ['text', '', null, 'es', '[Mensaje]'],
    ['button', 'Confirmar', { payload: 'ok' }, 'es', 'Confirmar'],
    ['interactive', 'Envío exprés', { type: 'list_reply' }, 'pt', 'Envío exprés'],
    ['interactive', '', { type: 'nfm_reply' }, 'pt', '[Formulário]'],
    ['template', 'Tu pedido salió', null, 'en', 'Tu pedido salió'],
    ['image', 'Así llegó el paquete', { mediaId: '1' }, 'es', '[Imagen] Así llegó el paquete'],
    ['image', '', { mediaId: '1' }, 'en', '[Image]'],
    ['document', '', { filename: 'Cotización año 2026.pdf' }, 'es', '[Documento] Cotización año 2026.pdf'],
    ['document', 'la cotización', { filename: 'c.pdf' }, 'es', '[Documento] la cotización'],
    ['document', '', { filename: 7 }, 'es', '[Documento]'],
    ['voice', '', null, 'pt', '[Mensagem de voz]'],
    ['location', '', { latitude: 19.4, longitude: -99.1 }, 'es', '[Ubicación] 19.4, -99.1'],
    ['location', '', { latitude: 0, longitude: 0 }, 'es', '[Ubicación] 0, 0'],
    ['location', 'La tienda', { latitude: 19.4, longitude: -99.1 }, 'en', '[Location] La tienda'],
    ['location', '', { latitude: '19.4' }, 'en', '[Location]'],
    ['contacts', 'Luis, Marta', { cards: [] }, 'pt', '[Contato] Luis, Marta'],
    ['reaction', '👍', null, 'es', '[Reacción] 👍'],
    ['reaction', '', { targetWamid: 'w' }, 'es', '[Reacción retirada]'],
    ['text', 'Ya salió', { editedAt: '2026-05-04' }, 'es', 'Ya salió (editado)'],
    ['text', 'Secreto', { revokedAt: '2026-05-04' }, 'en', '[Message deleted]'],
    ['image', 'mira', { mediaId: '1', revokedAt: '2026-05-04' }, 'pt', '[Mensagem apagada]'],
    ['image', '', { mediaId: '1', errors: [{}] }, 'en', '[Image] (WhatsApp could not hand over the file)'],
    [
      'image',
      'la caja',
      { mediaId: '1', errors: [{}] },
      'es',
      '[Imagen] la caja (WhatsApp no pudo entregar el archivo)',
    ],
    ['unsupported', '', { placeholder: true }, 'pt', '[Arquivo de antes de conectar o número]'],
    ['call', '', { event: 'connect' }, 'pt', '[Ligação]'],
    ['call', '', { event: 'terminate', seconds: 125 }, 'es', '[Fin de la llamada, 2:05]'],
    ['system', '', { event: 'request_welcome' }, 'en', '[WhatsApp: opened the chat]'],
    ['system', 'Ya salió ayer', { event: 'edit' }, 'es', '[WhatsApp: editó un mensaje] Ya salió ayer'],
    ['system', 'hecho', { event: 'toString' }, 'es', '[Aviso de WhatsApp] hecho'],
    ['interactive', '', { type: 'call_permission_reply', response: 'accept' }, 'en', '[May be called]'],
    ['interactive', '', { type: 'call_permission_reply', response: 'reject' }, 'es', '[No permite que le llamen]'],
    [
      'interactive',
      'Enviado',
      { type: 'nfm_reply', answers: { talla: 'M', extras: ['moño'] } },
      'es',
      '[Formulario] Enviado\ntalla: M\nextras: ["moño"]',
    ],
    [
      'order',
      'para hoy',
      { items: [{ productId: 'ROSA-12', quantity: 2, price: 150, currency: 'MXN' }, { productId: 'LIRIO' }, {}] },
      'es',
      '[Pedido] para hoy\n2 × ROSA-12, 150 MXN\nLIRIO',
    ],
    [
      'contacts',
      'Luis',
      { cards: [{ name: { formatted_name: 'Luis' }, phones: [{ phone: '+52 999' }, { wa_id: '5299' }] }, null] },
      'en',
      '[Contact] Luis\nLuis: +52 999, 5299',
    ],
    ['text', '¿Hay?', { referredProduct: { product_retailer_id: 'ROSA-12' } }, 'pt', '¿Hay?\nProduto: ROSA-12'],
    [
      'text',
      'Info',
      { referral: { headline: 'Rosas', source_url: 'https://ads.example/7' } },
      'en',
      'Info\nAdvertisement: Rosas – https://ads.example/7',
    ],
    ['text', 'Hola', { summary: 'Pidió un cambio' }, 'es', 'Hola\nResumen: Pidió un cambio'],
    ['unsupported', '', {}, 'en', '[Message that WhatsApp does not let us show here]'],
  ])('%s %j %j in %s: %s', (kind, text, content, language, line) => {
    expect(describeMessage({ kind, text, content }, language)).toBe(line)
  })
})

it('is one line in a list, cut where it is too long, between characters', () => {
  const text = (words: string) => ({ kind: 'text', text: words, content: null }) as const
  expect(summarizeMessage(text('\nBuenos días\n¿hay?'), 'es')).toBe('Buenos días')
  expect(summarizeMessage(text('uno dos'), 'es', 5)).toBe('uno…')
  expect(summarizeMessage(text('ab😀cd'), 'es', 4).isWellFormed()).toBe(true)
})

it.each(messageKinds)('has a name for %s in every language, and no two languages are left alike by accident', kind => {
  const names = languages.map(language => describeMessage({ kind, text: '', content: null }, language))
  for (const name of names) expect(name).toMatch(/^\[\p{Lu}[^[\]]+\]$/u)
  // Spanish and Portuguese share words; English shares none but these.
  if (kind !== 'audio' && kind !== 'sticker' && kind !== 'video') expect(names[1]).not.toBe(names[0])
})

describe('how far a message got', () => {
  it('is said in each language, the reason of a failure with it', () => {
    expect(languages.map(language => describeStatus('read', null, language))).toEqual([
      '✓✓ leído',
      '✓✓ read',
      '✓✓ lida',
    ])
    expect(describeStatus('failed', 'no\nesta', 'pt')).toBe('✗ não entregue: no esta')
    expect(describeStatus('delivered', 'old news', 'en')).toBe('✓✓ delivered')
  })

  it('is known by its line, whatever the language', () => {
    for (const language of languages) {
      for (const status of messageStatuses) {
        const line = describeStatus(status, null, language)
        expect(line === '' || statusLines.includes(line), `${status} ${language}`).toBe(true)
      }
    }
  })
})
