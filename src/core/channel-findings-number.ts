/** What is said of the number, in three languages. */
import { type FindingWords, pages } from './channel-finding.ts'

export const numberFindings = {
  'number not visible': {
    state: 'failed',
    seen: {
      es: 'Con este token no se ve el número {phoneNumberId}: {reason}.',
      en: 'With this token the number {phoneNumberId} cannot be seen: {reason}.',
      pt: 'Com este token não se vê o número {phoneNumberId}: {reason}.',
    },
    fix: {
      es: 'Comprueba en WhatsApp Manager que el número {phoneNumberId} está en la cuenta {wabaId}, y asigna esa cuenta al usuario del sistema.',
      en: 'See in WhatsApp Manager that the number {phoneNumberId} is in the account {wabaId}, and assign that account to the system user.',
      pt: 'Confira no WhatsApp Manager se o número {phoneNumberId} está na conta {wabaId} e atribua essa conta ao usuário do sistema.',
    },
    page: pages.numbers,
  },
  'not registered': {
    state: 'failed',
    seen: {
      es: 'El número no está registrado en la Cloud API ({status}).',
      en: 'The number is not registered with the Cloud API ({status}).',
      pt: 'O número não está registrado na Cloud API ({status}).',
    },
    fix: {
      es: 'Conecta el número otra vez con su PIN de seis cifras (POST /channels/connect, pin): se registra entonces.',
      en: 'Connect the number again with its PIN of six digits (POST /channels/connect, pin): it is registered then.',
      pt: 'Conecte o número de novo com o PIN de seis dígitos (POST /channels/connect, pin): ele é registrado então.',
    },
    page: pages.numbers,
  },
  'number flagged': {
    state: 'warning',
    seen: {
      es: 'Meta frena el número por su calidad ({status}).',
      en: 'Meta slows the number for its quality ({status}).',
      pt: 'A Meta freia o número pela qualidade ({status}).',
    },
    fix: {
      es: 'Deja de mandar plantillas de marketing unos días y escribe solo a quien lo pidió; si mejora en 7 días, vuelve a CONNECTED.',
      en: 'Send no marketing templates for some days, and write only to those who asked; if it mends within 7 days, it is CONNECTED again.',
      pt: 'Pare de enviar modelos de marketing por uns dias e escreva só a quem pediu; se melhorar em 7 dias, volta a CONNECTED.',
    },
    page: pages.numbers,
  },
  'number restricted': {
    state: 'failed',
    seen: {
      es: 'El número llegó a su límite y Meta lo restringió ({status}): no puede iniciar conversaciones.',
      en: 'The number reached its limit and Meta restricted it ({status}): it cannot begin conversations.',
      pt: 'O número atingiu o limite e a Meta o restringiu ({status}): não pode iniciar conversas.',
    },
    fix: {
      es: 'Responde a quien escriba; espera a que pasen las 24 horas del límite y mira la causa en Calidad de la cuenta.',
      en: 'Answer those who write; wait until the 24 hours of the limit are over, and look up the cause in Account quality.',
      pt: 'Responda a quem escrever; espere passarem as 24 horas do limite e veja a causa em Qualidade da conta.',
    },
    page: pages.support,
  },
  'number banned': {
    state: 'failed',
    seen: { es: 'Meta bloqueó el número.', en: 'Meta has banned the number.', pt: 'A Meta bloqueou o número.' },
    fix: {
      es: 'Lee la causa en Asistencia para empresas y pide una revisión desde ahí.',
      en: 'Read the cause in Business Support and ask for a review there.',
      pt: 'Leia a causa na Ajuda para empresas e peça uma revisão ali.',
    },
    page: pages.support,
  },
  'number offline': {
    state: 'failed',
    seen: {
      es: 'El número no está en servicio ({status}).',
      en: 'The number is not in service ({status}).',
      pt: 'O número não está em serviço ({status}).',
    },
    fix: {
      es: 'Ábrelo en WhatsApp Manager: si se borró o migró, conecta el que lo sustituye; si no, regístralo otra vez con su PIN.',
      en: 'Open it in WhatsApp Manager: if it was deleted or moved, connect the one in its place; if not, register it again with its PIN.',
      pt: 'Abra-o no WhatsApp Manager: se foi apagado ou migrado, conecte o que o substitui; se não, registre-o de novo com o PIN.',
    },
    page: pages.numbers,
  },
  'name in review': {
    state: 'warning',
    seen: {
      es: 'Meta revisa el nombre «{name}».',
      en: 'Meta reviews the name "{name}".',
      pt: 'A Meta revisa o nome «{name}».',
    },
    fix: {
      es: 'Espera la revisión (hasta dos días laborables); hasta entonces los clientes ven el número sin nombre.',
      en: 'Wait for the review (up to two working days); until then customers see the number without a name.',
      pt: 'Espere a revisão (até dois dias úteis); até lá os clientes veem o número sem nome.',
    },
    page: pages.numbers,
  },
  'name declined': {
    state: 'failed',
    seen: {
      es: 'Meta no aceptó el nombre «{name}» ({status}): los envíos fallan con 131037.',
      en: 'Meta did not accept the name "{name}" ({status}): sending fails with 131037.',
      pt: 'A Meta não aceitou o nome «{name}» ({status}): os envios falham com 131037.',
    },
    fix: {
      es: 'En WhatsApp Manager, edita el nombre para que sea el de la empresa tal como aparece en su web, y envíalo a revisión.',
      en: 'In WhatsApp Manager, edit the name to be the business’s as its web site has it, and submit it.',
      pt: 'No WhatsApp Manager, edite o nome para ser o da empresa como aparece no site dela e envie para revisão.',
    },
    page: pages.numbers,
  },
  'number not verified': {
    state: 'failed',
    seen: {
      es: 'Falta verificar el número con el código por SMS o llamada.',
      en: 'The number has still to be verified by the code in an SMS or a call.',
      pt: 'Falta verificar o número com o código por SMS ou ligação.',
    },
    fix: {
      es: 'En WhatsApp Manager, pide el código y escríbelo; después conecta el número.',
      en: 'In WhatsApp Manager, ask for the code and enter it; then connect the number.',
      pt: 'No WhatsApp Manager, peça o código e digite-o; depois conecte o número.',
    },
    page: pages.numbers,
  },
  'pin set': { state: 'ok', seen: { es: 'Puesto.', en: 'Set.', pt: 'Definido.' } },
  'pin in the app': {
    state: 'ok',
    seen: {
      es: 'Lo lleva la aplicación WhatsApp Business.',
      en: 'The WhatsApp Business app keeps it.',
      pt: 'O aplicativo WhatsApp Business o guarda.',
    },
  },
  'no pin': {
    state: 'warning',
    seen: {
      es: 'El número no tiene PIN de verificación en dos pasos: otro podría registrarlo.',
      en: 'The number has no PIN of two-step verification: somebody else could register it.',
      pt: 'O número não tem PIN de verificação em duas etapas: outro poderia registrá-lo.',
    },
    fix: {
      es: 'En WhatsApp Manager › número › Verificación en dos pasos, pon un PIN y guárdalo en un lugar seguro.',
      en: 'In WhatsApp Manager › number › Two-step verification, set a PIN and keep it in a safe place.',
      pt: 'No WhatsApp Manager › número › Verificação em duas etapas, defina um PIN e guarde-o em lugar seguro.',
    },
    page: pages.numbers,
  },
  'quality medium': {
    state: 'warning',
    seen: { es: 'Calidad media (YELLOW).', en: 'Medium quality (YELLOW).', pt: 'Qualidade média (YELLOW).' },
    fix: {
      es: 'Mira qué plantillas se bloquean o denuncian, y no las mandes más a quien no responde.',
      en: 'See which templates are blocked or reported, and do not send them to those who never answer.',
      pt: 'Veja quais modelos são bloqueados ou denunciados e não os envie mais a quem não responde.',
    },
    page: pages.numbers,
  },
  'quality low': {
    state: 'failed',
    seen: { es: 'Calidad baja (RED).', en: 'Low quality (RED).', pt: 'Qualidade baixa (RED).' },
    fix: {
      es: 'Detén hoy las campañas: con calidad baja Meta no sube el límite y puede frenar el número. Escribe solo a quien lo pidió.',
      en: 'Stop campaigns today: with low quality Meta does not raise the limit and may slow the number. Write only to those who asked.',
      pt: 'Pare hoje as campanhas: com qualidade baixa a Meta não aumenta o limite e pode frear o número. Escreva só a quem pediu.',
    },
    page: pages.numbers,
  },
  'limit low': {
    state: 'warning',
    seen: {
      es: 'La empresa puede iniciar conversaciones con {limit} clientes por día.',
      en: 'The business may begin conversations with {limit} customers a day.',
      pt: 'A empresa pode iniciar conversas com {limit} clientes por dia.',
    },
    fix: {
      es: 'Para subir a 2 000, verifica la empresa en el Centro de seguridad, o conversa con buena calidad con 2 000 clientes en 30 días.',
      en: 'To get to 2,000, verify the business in the Security Center, or converse at good quality with 2,000 customers in 30 days.',
      pt: 'Para subir a 2.000, verifique a empresa na Central de segurança, ou converse com boa qualidade com 2.000 clientes em 30 dias.',
    },
    page: pages.security,
  },
  'limit not told': {
    state: 'unknown',
    seen: { es: 'Meta no dijo el límite.', en: 'Meta did not tell the limit.', pt: 'A Meta não disse o limite.' },
    fix: {
      es: 'Míralo en WhatsApp Manager › Números de teléfono.',
      en: 'Look it up in WhatsApp Manager › Phone numbers.',
      pt: 'Veja no WhatsApp Manager › Números de telefone.',
    },
    page: pages.numbers,
  },
} as const satisfies Record<string, FindingWords>
