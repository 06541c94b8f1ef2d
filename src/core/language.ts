/** In which of our three languages a customer writes: by the little words of each, else by the country of the number. */
import type { Language } from './errors.ts'
import { plain } from './plain-text.ts'

/** The commonest words that one of the three has and the others have not, without accents, as `plain` writes them. */
const words: Record<Language, string> = {
  es: `el los las una unos unas y pero porque muy mas hola buenas buenos dias tardes noches gracias quiero quisiera necesito
    puedo puede pueden tengo tiene tienen donde cuando cual cuanto cuanta con sin del al mi tu su usted ustedes es son esta estan
    hay hacer hace llego pedido compra tienda cita factura devolucion ayuda si ya aun todavia ayer hoy manana mucho nada algo
    disculpe favor saludos precio envio cuesta ha han he llegado enviado pagado me te nos les lo`,
  en: `the and but because very more hi hello thanks thank you want would need can could have has where when which how much
    with without of my your his her is are there do does did not please good morning afternoon evening i we they it this that
    order invoice refund help yesterday today tomorrow what who why was were been will price shipping buy`,
  pt: `o os um uma uns umas mas muito mais oi ola bom boa dia tarde noite obrigado obrigada quero queria preciso posso pode
    podem tenho tem onde quando qual quanto com sem do da dos das ao meu minha seu sua voce voces e sao nao esta estao ha fazer
    faz chegou pedido compra loja consulta fatura devolucao ajuda sim ja ainda ontem hoje amanha nada algo desculpe favor preco
    frete custa isso isto boleto nota fiscal me te nos chegado enviado pago`,
}

const weights = weigh()

/**
 * The language of a text; null where nothing tells. Words that two languages share count for both, so that they decide
 * nothing; letters that only one of them writes (ñ, ¿, ¡; ã, õ, ç, ê) weigh like a word. Right for whole sentences, a guess
 * for two words.
 */
export function languageOfText(text: string): Language | null {
  const score: Record<Language, number> = { es: 0, en: 0, pt: 0 }
  for (const word of plain(text).split(' ')) {
    for (const language of weights.get(word) ?? []) score[language] += 1
  }
  score.es += (text.match(/[ñ¿¡]/giu) ?? []).length
  score.pt += (text.match(/[ãõçêâô]/giu) ?? []).length
  const [first, second] = (Object.entries(score) as [Language, number][]).sort((a, b) => b[1] - a[1])
  return first && second && first[1] > second[1] ? first[0] : null
}

/** What people of this number's country mostly write; null for other countries, and for numbers that are hidden. */
export function languageOfNumber(phone: string | null): Language | null {
  const digits = phone?.replace(/\D/g, '') ?? ''
  if (/^(55|351|244|258|238)/.test(digits)) return 'pt'
  // Spain, the Spanish-speaking Americas; of +1 the Dominican Republic and Puerto Rico.
  if (/^(34|5[1-478]|50[2-7]|591|593|595|598|1(809|829|849|787|939))/.test(digits)) return 'es'
  if (/^(1|44|353|61|64|27)/.test(digits)) return 'en'
  return null
}

function weigh(): Map<string, Language[]> {
  const index = new Map<string, Language[]>()
  for (const [language, list] of Object.entries(words) as [Language, string][]) {
    for (const word of new Set(list.split(/\s+/))) index.set(word, [...(index.get(word) ?? []), language])
  }
  return index
}
