import { describe, expect, it } from 'vitest'
import { type Language, languages } from '../../src/core/errors.ts'
import { type MessageKind, messageKinds, messageStatuses } from '../../src/core/message.ts'
import { describeMessage, describeStatus, statusLines } from '../../src/core/rendering.ts'

describe('what a person reads', () => {
  it.each<[MessageKind, string, Record<string, unknown> | null, Language, string]>([
    ['text', 'Buenos días', null, 'es', 'Buenos días'],
    ['text', '[Imagen]', null, 'en', '[Imagen]'],
    ['text', '', null, 'es', '[Mensaje]'],
    ['button', 'Confirmar', { payload: 'ok' }, 'es', 'Confirmar'],
    ['interactive', 'Envío exprés', { type: 'list_reply' }, 'pt', 'Envío exprés'],
    ['interactive', '', { type: 'nfm_reply' }, 'pt', '[Resposta]'],
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
    ['unsupported', '', {}, 'en', '[Message that WhatsApp does not let us show here]'],
  ])('%s %j %j in %s: %s', (kind, text, content, language, line) => {
    expect(describeMessage({ kind, text, content }, language)).toBe(line)
  })
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
