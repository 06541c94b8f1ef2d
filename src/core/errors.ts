/**
 * The one class of errors that people see. A code, its facts, and a sentence per language that says what to fix.
 * `http/errors.ts` maps codes to statuses.
 */
import { errorWords } from './error-words.ts'

export const languages = ['es', 'en', 'pt'] as const
export type Language = (typeof languages)[number]

type Sentences = Record<Language, string>

/** `{name}` stands for a fact given with the error. */
export const errorCatalogue = {
  unauthorized: {
    es: 'Falta una sesión o una clave de API válida. Inicia sesión, o envía la clave en el encabezado «Authorization: Bearer …».',
    en: 'A valid session or API key is missing. Sign in, or send the key in the header "Authorization: Bearer …".',
    pt: 'Falta uma sessão ou uma chave de API válida. Entre, ou envie a chave no cabeçalho «Authorization: Bearer …».',
  },
  'bad signature': {
    es: 'La firma no corresponde al cuerpo recibido. Revisa el secreto de la aplicación.',
    en: 'The signature does not match the body received. Check the app secret.',
    pt: 'A assinatura não corresponde ao corpo recebido. Verifique o segredo do aplicativo.',
  },
  'too large': {
    es: 'El cuerpo supera el límite de {limit}.',
    en: 'The body is larger than {limit}.',
    pt: 'O corpo passa do limite de {limit}.',
  },
  'not found': {
    es: 'No se encontró {what} con ese identificador.',
    en: 'There is no {what} with that id.',
    pt: 'Não se encontrou {what} com esse identificador.',
  },
  'no such route': {
    es: 'Esta dirección no existe. La lista está en /openapi.json.',
    en: 'There is nothing at this address. /openapi.json lists what there is.',
    pt: 'Este endereço não existe. A lista está em /openapi.json.',
  },
  'invalid input': {
    es: 'Los datos no son válidos: {problems}.',
    en: 'The input is not valid: {problems}.',
    pt: 'Os dados não são válidos: {problems}.',
  },
  'malformed body': {
    es: 'El cuerpo no es JSON válido.',
    en: 'The body is not valid JSON.',
    pt: 'O corpo não é JSON válido.',
  },
  'window closed': {
    es: 'La ventana de 24 horas se cerró ({closedAt}). Fuera de ella WhatsApp solo admite plantillas aprobadas.',
    en: 'The 24-hour window closed ({closedAt}). Outside it WhatsApp accepts only approved templates.',
    pt: 'A janela de 24 horas fechou ({closedAt}). Fora dela o WhatsApp só aceita modelos aprovados.',
  },
  'channel disconnected': {
    es: 'El número {channel} está desconectado: {reason}. Vuelve a conectarlo con un token vigente.',
    en: 'The number {channel} is disconnected: {reason}. Connect it again with a valid token.',
    pt: 'O número {channel} está desconectado: {reason}. Conecte-o de novo com um token válido.',
  },
  'channel paused': {
    es: 'El número {channel} está detenido: {reason}. Corrígelo y reanuda el número.',
    en: 'The number {channel} is paused: {reason}. Mend that and resume the number.',
    pt: 'O número {channel} está parado: {reason}. Corrija isso e retome o número.',
  },
  'channel not connected': {
    es: 'El número no quedó conectado: {reason}.',
    en: 'The number was not connected: {reason}.',
    pt: 'O número não ficou conectado: {reason}.',
  },
  'whatsapp refused': {
    es: 'WhatsApp no lo hizo: {sentence} ({reason}).',
    en: 'WhatsApp did not do it: {sentence} ({reason}).',
    pt: 'O WhatsApp não fez: {sentence} ({reason}).',
  },
  'nothing to mark': {
    es: 'El cliente no ha escrito en los últimos 30 días: no hay nada que marcar.',
    en: 'The customer has not written in the last 30 days: there is nothing to mark.',
    pt: 'O cliente não escreveu nos últimos 30 dias: não há nada a marcar.',
  },
  'nothing to decide': {
    es: 'Este mensaje no espera una decisión: su estado es «{status}».',
    en: 'This message waits for no decision: its state is "{status}".',
    pt: 'Esta mensagem não espera uma decisão: o estado é «{status}».',
  },
  'already exists': {
    es: 'Ya existe {what}.',
    en: '{what} already exists.',
    pt: 'Já existe {what}.',
  },
  'another ticket open': {
    es: 'El cliente ya tiene un ticket abierto más reciente: continúa en ese.',
    en: 'The customer has a newer open ticket: go on in that one.',
    pt: 'O cliente já tem um ticket aberto mais recente: continue nele.',
  },
  'impossible move': {
    es: 'No se puede: el ticket está en «{state}». Reábrelo o cambia su estado antes.',
    en: 'This cannot be done: the ticket is "{state}". Reopen it or change its state first.',
    pt: 'Não é possível: o ticket está em «{state}». Reabra-o ou mude o estado antes.',
  },
  'changed since': {
    es: 'Mientras escribías llegaron {count} mensajes nuevos. Léelos y envía de nuevo, o envía igualmente con «force».',
    en: 'While you were writing, {count} new messages came. Read them and send again, or send anyway with "force".',
    pt: 'Enquanto você escrevia chegaram {count} mensagens novas. Leia-as e envie de novo, ou envie mesmo assim com «force».',
  },
  'somebody is replying': {
    es: '{name} está respondiendo este ticket. Espera, o envía igualmente con «force».',
    en: '{name} is answering this ticket. Wait, or send anyway with "force".',
    pt: '{name} está respondendo este ticket. Espere, ou envie mesmo assim com «force».',
  },
  'other contact': {
    es: 'Los dos tickets son de contactos distintos: une antes los contactos.',
    en: 'The two tickets are of different contacts: merge the contacts first.',
    pt: 'Os dois tickets são de contatos diferentes: una antes os contatos.',
  },
  'agents only': {
    es: 'Esto lo hace una persona del equipo, no una clave de API: indica «agentId».',
    en: 'This is done by a person of the team, not by an API key: give "agentId".',
    pt: 'Isto é feito por uma pessoa da equipe, não por uma chave de API: informe «agentId».',
  },
  'queue empty': {
    es: 'No hay tickets sin responsable en lo que ves.',
    en: 'No ticket that you see waits for an owner.',
    pt: 'Nenhum ticket que você vê espera um responsável.',
  },
  'at capacity': {
    es: 'Ya tienes todos los tickets que caben en tu límite ({limit}). Resuelve o entrega alguno antes.',
    en: 'You have as many tickets as your limit ({limit}) allows. Resolve or hand over one first.',
    pt: 'Você já tem todos os tickets que cabem no seu limite ({limit}). Resolva ou entregue algum antes.',
  },
  'people only': {
    es: 'Una clave de API no tiene perfil: inicia sesión como persona.',
    en: 'An API key has no profile: sign in as a person.',
    pt: 'Uma chave de API não tem perfil: entre como pessoa.',
  },
  'missing permission': {
    es: 'Te falta el permiso «{permission}». Pídelo a quien administra el espacio de trabajo.',
    en: 'You lack the permission "{permission}". Ask whoever administers the workspace for it.',
    pt: 'Falta a permissão «{permission}». Peça-a a quem administra o espaço de trabalho.',
  },
  'wrong password': {
    es: 'El correo o la contraseña no son correctos.',
    en: 'The e-mail or the password is not right.',
    pt: 'O e-mail ou a senha não estão corretos.',
  },
  'wrong code': {
    es: 'El código no es correcto o ya caducó. Escribe el que muestra ahora tu aplicación.',
    en: 'The code is not right, or it is over. Enter the one that your app shows now.',
    pt: 'O código não está correto ou já expirou. Escreva o que seu aplicativo mostra agora.',
  },
  'account locked': {
    es: 'Demasiadas contraseñas incorrectas: la cuenta se abre de nuevo a las {until}. Un enlace por correo entra antes.',
    en: 'Too many wrong passwords: the account opens again at {until}. A link by mail gets in before.',
    pt: 'Senhas incorretas demais: a conta abre de novo às {until}. Um link por e-mail entra antes.',
  },
  'too many requests': {
    es: 'Demasiadas peticiones. Espera lo que dice el encabezado Retry-After.',
    en: 'Too many requests. Wait as long as the header Retry-After says.',
    pt: 'Pedidos demais. Espere o que diz o cabeçalho Retry-After.',
  },
  'no mail': {
    es: 'Esta instalación no envía correos. Configura SMTP_URL o MAIL_API_KEY.',
    en: 'This installation sends no mail. Configure SMTP_URL or MAIL_API_KEY.',
    pt: 'Esta instalação não envia e-mails. Configure SMTP_URL ou MAIL_API_KEY.',
  },
  'mail failed': {
    es: 'El correo no se pudo enviar. Inténtalo de nuevo en unos minutos.',
    en: 'The mail could not be sent. Try again in some minutes.',
    pt: 'O e-mail não pôde ser enviado. Tente de novo em alguns minutos.',
  },
  'no workspace': {
    es: 'Tu cuenta no es de ese espacio de trabajo, o ya no está activa en él. Pide una invitación.',
    en: 'Your account is not of that workspace, or is no longer active there. Ask for an invitation.',
    pt: 'Sua conta não é desse espaço de trabalho, ou já não está ativa nele. Peça um convite.',
  },
  'not by invitation': {
    es: 'Aquí se entra por invitación. Pídela a quien administra el espacio de trabajo.',
    en: 'People come here by invitation. Ask whoever administers the workspace for one.',
    pt: 'Aqui se entra por convite. Peça um a quem administra o espaço de trabalho.',
  },
  'another address': {
    es: 'La invitación es para otra dirección de correo.',
    en: 'The invitation is for another e-mail address.',
    pt: 'O convite é para outro endereço de e-mail.',
  },
  'sign in first': {
    es: 'Ya hay una cuenta con ese correo. Inicia sesión y abre la invitación otra vez.',
    en: 'There is an account with that e-mail. Sign in, and open the invitation again.',
    pt: 'Já existe uma conta com esse e-mail. Entre e abra o convite de novo.',
  },
  'last admin': {
    es: 'Sería quitar al último administrador. Antes da ese papel a otra persona.',
    en: 'That would remove the last admin. First give somebody else that role.',
    pt: 'Seria remover o último administrador. Antes dê esse papel a outra pessoa.',
  },
  'not yours to give': {
    es: 'No puedes dar lo que no tienes: {permissions}.',
    en: 'You cannot give what you do not have: {permissions}.',
    pt: 'Você não pode dar o que não tem: {permissions}.',
  },
  'in use': {
    es: 'Todavía se usa: {by}.',
    en: 'It is still in use: {by}.',
    pt: 'Ainda está em uso: {by}.',
  },
  'other request': {
    es: 'Esta Idempotency-Key ya se usó con otra petición. Usa una clave nueva para cada una.',
    en: 'This Idempotency-Key was used with another request. Use a new key for each.',
    pt: 'Esta Idempotency-Key já foi usada com outro pedido. Use uma chave nova para cada um.',
  },
  'in hand': {
    es: 'La primera petición con esta Idempotency-Key aún se atiende. Repítela en un momento.',
    en: 'The first request with this Idempotency-Key is still being answered. Repeat it in a moment.',
    pt: 'O primeiro pedido com esta Idempotency-Key ainda está sendo atendido. Repita em um momento.',
  },
  'same contact': {
    es: 'Los dos ya son el mismo contacto.',
    en: 'The two are the same contact already.',
    pt: 'Os dois já são o mesmo contato.',
  },
  'already decided': {
    es: 'Esta sugerencia ya se decidió: «{state}».',
    en: 'This suggestion was decided already: "{state}".',
    pt: 'Esta sugestão já foi decidida: «{state}».',
  },
  'nothing to undo': {
    es: 'Esta unión ya se deshizo.',
    en: 'This merge was undone already.',
    pt: 'Esta união já foi desfeita.',
  },
  'crm silent': {
    es: '{connector} no respondió: {reason}. Inténtalo de nuevo en un momento.',
    en: '{connector} did not answer: {reason}. Try again in a moment.',
    pt: '{connector} não respondeu: {reason}. Tente de novo em um momento.',
  },
  'crm refused': {
    es: '{connector} no lo hizo: {reason}. Corrígelo allí y repítelo.',
    en: '{connector} did not do it: {reason}. Mend that there and repeat it.',
    pt: '{connector} não fez: {reason}. Corrija isso lá e repita.',
  },
  'not there': {
    es: '{connector} no tiene a este contacto: allí no hay nada que borrar.',
    en: '{connector} does not have this contact: there is nothing to erase.',
    pt: '{connector} não tem este contato: não há nada a apagar lá.',
  },
  'conflict decided': {
    es: 'Este conflicto ya no está abierto: «{state}».',
    en: 'This conflict is no longer open: "{state}".',
    pt: 'Este conflito já não está aberto: «{state}».',
  },
  'field changed since': {
    es: 'El campo «{field}» cambió después: ahora dice «{now}». Deshaz ese cambio antes, o deshaz este igualmente con «force».',
    en: 'The field "{field}" has changed since: it says "{now}" now. Undo that change first, or undo this one anyway with "force".',
    pt: 'O campo «{field}» mudou depois: agora diz «{now}». Desfaça essa mudança antes, ou desfaça esta mesmo assim com «force».',
  },
  'no draft': {
    es: 'No hay un borrador del mapeo: edítalo o impórtalo primero.',
    en: 'There is no draft of the mapping: edit or import one first.',
    pt: 'Não há um rascunho do mapeamento: edite-o ou importe-o primeiro.',
  },
  'mapping blocked': {
    es: 'El mapeo no se puede aplicar todavía: {problems}. La revisión del borrador dice cómo corregirlo.',
    en: 'The mapping cannot be applied yet: {problems}. The check of the draft says how to mend it.',
    pt: 'O mapeamento ainda não pode ser aplicado: {problems}. A revisão do rascunho diz como corrigir.',
  },
  'draft changed': {
    es: 'Alguien editó el borrador mientras tanto: ahora es la versión {version}, de las {at}. Revísalo y aplica de nuevo.',
    en: 'Somebody has edited the draft meanwhile: it is version {version} of {at} now. Look at it and apply again.',
    pt: 'Alguém editou o rascunho nesse meio tempo: agora é a versão {version}, das {at}. Revise-o e aplique de novo.',
  },
  'no earlier mapping': {
    es: 'No hay una versión anterior del mapeo a la que volver.',
    en: 'There is no earlier version of the mapping to go back to.',
    pt: 'Não há uma versão anterior do mapeamento para a qual voltar.',
  },
  'later merge': {
    es: 'Después de esta unión hubo otra del mismo contacto: deshaz antes la unión {merge}.',
    en: 'The contact was merged again after this: undo the merge {merge} first.',
    pt: 'Depois desta união houve outra do mesmo contato: desfaça antes a união {merge}.',
  },
  'link over': {
    es: 'Este enlace caducó: vuelve a cargar el mensaje para obtener otro.',
    en: 'This link is over: load the message again to get another.',
    pt: 'Este link expirou: carregue a mensagem de novo para obter outro.',
  },
  'beyond the end': {
    es: 'El archivo tiene {bytes} bytes y la petición empieza después.',
    en: 'The file has {bytes} bytes and the request begins after them.',
    pt: 'O arquivo tem {bytes} bytes e o pedido começa depois.',
  },
  'nothing to fetch': {
    es: 'No hay nada que volver a pedir: el archivo está en estado «{state}».',
    en: 'There is nothing to ask for again: the file is in the state "{state}".',
    pt: 'Não há nada a pedir de novo: o arquivo está no estado «{state}».',
  },
  'sign in to consent': {
    es: 'El consentimiento lo da una persona: inicia sesión y repítelo sin clave de API.',
    en: 'Consent is given by a person: sign in and do this without an API key.',
    pt: 'O consentimento é dado por uma pessoa: entre e repita sem chave de API.',
  },
  'consent over': {
    es: 'Este consentimiento ya terminó o lo empezó otra sesión. Vuelve a empezar desde las conexiones.',
    en: 'This consent is over, or another session began it. Start again from the connections.',
    pt: 'Este consentimento já terminou ou foi iniciado por outra sessão. Comece de novo nas conexões.',
  },
  'consent denied': {
    es: 'No se dio el consentimiento ({reason}). Sin él no hay conexión; puedes volver a empezar.',
    en: 'The consent was not given ({reason}). Without it there is no connection; you may start again.',
    pt: 'O consentimento não foi dado ({reason}). Sem ele não há conexão; você pode começar de novo.',
  },
  'connection failed': {
    es: '{connector} no aceptó la conexión: {reason}.',
    en: '{connector} did not accept the connection: {reason}.',
    pt: '{connector} não aceitou a conexão: {reason}.',
  },
  'not held': {
    es: 'Este par ya no está retenido.',
    en: 'This pair is not held any more.',
    pt: 'Este par já não está retido.',
  },
  'plan over': {
    es: 'Este plan caducó. Pide otro y aplícalo.',
    en: 'This plan is over. Ask for another and apply that.',
    pt: 'Este plano expirou. Peça outro e aplique-o.',
  },
  'plan applied': {
    es: 'Este plan ya se aplicó.',
    en: 'This plan was applied already.',
    pt: 'Este plano já foi aplicado.',
  },
  'plan moved': {
    es: 'Desde que se hizo el plan cambiaron {count} registros: {what}. Pide otro plan.',
    en: '{count} records have changed since the plan was made: {what}. Ask for another plan.',
    pt: 'Desde que o plano foi feito mudaram {count} registros: {what}. Peça outro plano.',
  },
  'not under way': {
    es: 'Este trabajo no está en marcha: su estado es «{state}».',
    en: 'This is not under way: its state is "{state}".',
    pt: 'Este trabalho não está em andamento: o estado é «{state}».',
  },
  'already under way': {
    es: 'Ya hay uno en marcha en esta conexión. Espera a que termine o cancélalo.',
    en: 'One is under way on this connection already. Wait for its end, or cancel it.',
    pt: 'Já há um em andamento nesta conexão. Espere que termine ou cancele-o.',
  },
  'cannot list': {
    es: '{connector} no permite leer todos sus registros de tipo «{kind}».',
    en: '{connector} cannot be asked for all of its records of the kind "{kind}".',
    pt: '{connector} não permite ler todos os seus registros do tipo «{kind}».',
  },
  'connection stopped': {
    es: 'La conexión está detenida: {reason}. Corrígelo y reanúdala.',
    en: 'The connection is stopped: {reason}. Mend that and resume it.',
    pt: 'A conexão está parada: {reason}. Corrija isso e retome-a.',
  },
  'nothing to replay': {
    es: 'Este registro ya se volvió a procesar.',
    en: 'This record was already replayed.',
    pt: 'Este registro já foi reprocessado.',
  },
  'operator only': {
    es: 'Esta área es de quien opera la instalación: usuario «operator» y, como contraseña, el valor de OPERATOR_TOKEN.',
    en: 'This area is for whoever operates the installation: user "operator" and, as the password, the value of OPERATOR_TOKEN.',
    pt: 'Esta área é de quem opera a instalação: usuário «operator» e, como senha, o valor de OPERATOR_TOKEN.',
  },
  'cross site': {
    es: 'La petición viene de otro sitio y no se ejecutó.',
    en: 'The request comes from another site and was not carried out.',
    pt: 'O pedido vem de outro site e não foi executado.',
  },
  'runs elsewhere': {
    es: 'Aquí no hay ejecuciones: de las funciones se encarga Inngest, y se ven en su panel.',
    en: 'There are no runs here: Inngest runs the functions, and its dashboard shows them.',
    pt: 'Aqui não há execuções: quem executa as funções é o Inngest, e elas se veem no painel dele.',
  },
  'nothing to retry': {
    es: 'Esta ejecución ni falló ni espera un reintento.',
    en: 'This run has neither failed nor does it wait for a retry.',
    pt: 'Esta execução nem falhou nem espera uma nova tentativa.',
  },
  'not running': {
    es: 'Esta ejecución ya terminó.',
    en: 'This run has already ended.',
    pt: 'Esta execução já terminou.',
  },
} as const satisfies Record<string, Sentences>

export type ErrorCode = keyof typeof errorCatalogue

const words: Record<string, Sentences> = errorWords
export type ErrorWord = keyof typeof errorWords

/** Facts that are always words of ours. */
const wordFacts = {
  'not found': 'what',
  'impossible move': 'state',
  'nothing to decide': 'status',
  'already decided': 'state',
  'conflict decided': 'state',
  'not under way': 'state',
  'nothing to fetch': 'state',
  'cannot list': 'kind',
} as const satisfies Partial<Record<ErrorCode, string>>
type WordFacts = typeof wordFacts

/** Facts that are words of ours, or what a vendor said. */
const reasons = { 'connection stopped': 'reason', 'connection failed': 'reason', 'crm refused': 'reason' } as const

const saidByLanguage: Partial<Record<ErrorCode, string>> = { ...wordFacts, ...reasons }

type Facts<Code extends ErrorCode> = Code extends keyof WordFacts
  ? Record<string, string> & Record<WordFacts[Code], ErrorWord>
  : Record<string, string>

export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  readonly facts: Record<string, string>
  constructor(code: Code, facts: Facts<Code> = {} as Facts<Code>, options?: ErrorOptions) {
    super(errorSentence(code, facts, 'en'), options)
    this.name = 'AppError'
    this.code = code
    this.facts = facts
  }
}

export function errorSentence(code: ErrorCode, facts: Record<string, string>, language: Language): string {
  return errorCatalogue[code][language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const fact = facts[name] ?? whole
    return saidByLanguage[code] === name && Object.hasOwn(words, fact) ? (words[fact]?.[language] ?? fact) : fact
  })
}
