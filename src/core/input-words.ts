/** What is wrong with an input, by its English sentence: the field stands before it, so it begins like the rest of a sentence. */
export const inputWords = {
  'a block ends after it begins': {
    es: 'cada tramo termina después de empezar',
    pt: 'cada período termina depois de começar',
  },
  'a day such as 2026-12-25': { es: 'debe ser un día como 2026-12-25', pt: 'deve ser um dia como 2026-12-25' },
  'at most {most} of a kind': { es: 'como máximo {most} de cada tipo', pt: 'no máximo {most} de cada tipo' },
  'cannot be changed by hand': { es: 'no se cambia a mano', pt: 'não se muda à mão' },
  'cannot be set here': { es: 'no se puede fijar aquí', pt: 'não pode ser definido aqui' },
  'default is the app of the configuration': {
    es: '«default» es la app de la configuración',
    pt: '«default» é o app da configuração',
  },
  'give an agent, a team, or both': {
    es: 'indica un agente, un equipo, o ambos',
    pt: 'informe um agente, uma equipe, ou ambos',
  },
  'give category or components': {
    es: 'indica «category» o «components»',
    pt: 'informe «category» ou «components»',
  },
  'give either text or content': {
    es: 'indica «text» o «content», no ambos',
    pt: 'informe «text» ou «content», não ambos',
  },
  'is missing': { es: 'falta', pt: 'está faltando' },
  'is no phone number': { es: 'no es un número de teléfono', pt: 'não é um número de telefone' },
  'is not known': { es: 'no se conoce', pt: 'não é conhecido' },
  'is not one of ours': { es: 'no es de los nuestros: empieza sin él', pt: 'não é dos nossos: comece sem ele' },
  'is not the id of a function': { es: 'no es el id de una función', pt: 'não é o id de uma função' },
  'is of numbers that stay in the WhatsApp Business app only': {
    es: 'solo es para números que siguen en la app WhatsApp Business',
    pt: 'só é para números que continuam no app WhatsApp Business',
  },
  'is the plan of a mapping: apply the draft of the mapping instead': {
    es: 'es el plan de un mapeo: aplica el borrador del mapeo en su lugar',
    pt: 'é o plano de um mapeamento: aplique o rascunho do mapeamento em seu lugar',
  },
  'must be a colour such as #22c55e': {
    es: 'debe ser un color como #22c55e',
    pt: 'deve ser uma cor como #22c55e',
  },
  'must be a list': { es: 'debe ser una lista', pt: 'deve ser uma lista' },
  'must be a private key in PKCS #8': {
    es: 'debe ser una clave privada en PKCS #8',
    pt: 'deve ser uma chave privada em PKCS #8',
  },
  'must be a public address': { es: 'debe ser una dirección pública', pt: 'deve ser um endereço público' },
  'must be a system user’s access token': {
    es: 'debe ser el token de acceso de un usuario del sistema',
    pt: 'deve ser o token de acesso de um usuário do sistema',
  },
  'must be a text': { es: 'debe ser un texto', pt: 'deve ser um texto' },
  'must be a ticket id or a number such as BZ-1042': {
    es: 'debe ser el id de un ticket o un número como BZ-1042',
    pt: 'deve ser o id de um ticket ou um número como BZ-1042',
  },
  'must be a time zone such as America/Mexico_City': {
    es: 'debe ser una zona horaria como America/Mexico_City',
    pt: 'deve ser um fuso horário como America/Sao_Paulo',
  },
  'must be a URL': { es: 'debe ser una URL', pt: 'deve ser uma URL' },
  'must be a-z, 0-9 and _, and begin with a letter': {
    es: 'debe tener solo a-z, 0-9 y _, y empezar con una letra',
    pt: 'deve ter só a-z, 0-9 e _, e começar com uma letra',
  },
  'must be after from': { es: 'debe ser posterior a «from»', pt: 'deve ser posterior a «from»' },
  'must be another team': { es: 'debe ser otro equipo', pt: 'deve ser outra equipe' },
  'must be in the future': { es: 'debe estar en el futuro', pt: 'deve estar no futuro' },
  'must be JPEG, PNG, MP4 or PDF': { es: 'debe ser JPEG, PNG, MP4 o PDF', pt: 'deve ser JPEG, PNG, MP4 ou PDF' },
  'must be letters, digits, - and _, without the /': {
    es: 'debe tener solo letras, cifras, - y _, sin la /',
    pt: 'deve ter só letras, algarismos, - e _, sem a /',
  },
  'must be lower-case letters, digits and dashes': {
    es: 'debe tener solo minúsculas, cifras y guiones',
    pt: 'deve ter só minúsculas, algarismos e hífens',
  },
  'must be lower-case letters, digits and underscores, at most 512': {
    es: 'debe tener solo minúsculas, cifras y guiones bajos, 512 como máximo',
    pt: 'deve ter só minúsculas, algarismos e sublinhados, 512 no máximo',
  },
  'must be one of {words}': { es: 'debe ser uno de {words}', pt: 'deve ser um de {words}' },
  'must be one of the two contacts': {
    es: 'debe ser uno de los dos contactos',
    pt: 'deve ser um dos dois contatos',
  },
  'must be six digits: the PIN that the new number is to have': {
    es: 'deben ser seis cifras: el PIN que tendrá el número nuevo',
    pt: 'devem ser seis algarismos: o PIN que o número novo terá',
  },
  'must be the address of a spreadsheet': {
    es: 'debe ser la dirección de una hoja de cálculo',
    pt: 'deve ser o endereço de uma planilha',
  },
  'must be the beginning of a phone number, such as +52': {
    es: 'debe ser el comienzo de un número de teléfono, como +52',
    pt: 'deve ser o começo de um número de telefone, como +55',
  },
  'must be the code that the sign-up window returned': {
    es: 'debe ser el código que devolvió la ventana de alta',
    pt: 'deve ser o código que a janela de cadastro devolveu',
  },
  'must be the first part of the address, such as acme': {
    es: 'debe ser la primera parte de la dirección, como acme',
    pt: 'deve ser a primeira parte do endereço, como acme',
  },
  'must be the JSON key file of a service account, whole': {
    es: 'debe ser el archivo JSON de la clave de una cuenta de servicio, entero',
    pt: 'deve ser o arquivo JSON da chave de uma conta de serviço, inteiro',
  },
  'must be the six digits of two-step verification': {
    es: 'deben ser las seis cifras de la verificación en dos pasos',
    pt: 'devem ser os seis algarismos da verificação em duas etapas',
  },
  'must be digits only': { es: 'debe tener solo cifras', pt: 'deve ter só algarismos' },
  'must be empty for {type}': { es: 'debe estar vacío para {type}', pt: 'deve estar vazio para {type}' },
  'must begin with https://': { es: 'debe empezar con https://', pt: 'deve começar com https://' },
  'must have 1 to {most} characters': {
    es: 'debe tener de 1 a {most} caracteres',
    pt: 'deve ter de 1 a {most} caracteres',
  },
  'must have at least 10 characters': { es: 'debe tener 10 caracteres o más', pt: 'deve ter 10 caracteres ou mais' },
  'must have no user and no password in it': {
    es: 'no debe llevar usuario ni contraseña',
    pt: 'não deve levar usuário nem senha',
  },
  'must look like 2026-03': { es: 'debe ser como 2026-03', pt: 'deve ser como 2026-03' },
  'must look like 67.0': { es: 'debe ser como 67.0', pt: 'deve ser como 67.0' },
  'must look like /data/Buzon__chn': { es: 'debe ser como /data/Buzon__chn', pt: 'deve ser como /data/Buzon__chn' },
  'must have different values': { es: 'debe tener valores distintos', pt: 'deve ter valores diferentes' },
  'must not be empty': { es: 'no puede estar vacío', pt: 'não pode estar vazio' },
  'must name one or more': { es: 'debe nombrar uno o más', pt: 'deve nomear um ou mais' },
  'must name every rule once': { es: 'debe nombrar cada regla una vez', pt: 'deve nomear cada regra uma vez' },
  'must be ours or theirs': { es: 'debe ser «ours» o «theirs»', pt: 'deve ser «ours» ou «theirs»' },
  'text or template': { es: 'debe ser «text» o «template»', pt: 'deve ser «text» ou «template»' },
  'the file is for {theirs}, not {ours}': {
    es: 'el archivo es para {theirs}, no para {ours}',
    pt: 'o arquivo é para {theirs}, não para {ours}',
  },
  'the Meta app of this number has no id here': {
    es: 'aquí no está el identificador de la app de Meta de este número',
    pt: 'aqui não está o identificador do app da Meta deste número',
  },
  '{most} rules are the most': { es: '{most} reglas son el máximo', pt: '{most} regras são o máximo' },
  '{name} is unknown': { es: 'no existe {name}', pt: 'não existe {name}' },
} as const
export type InputSentence = keyof typeof inputWords
