export const en = {
  program: {
    about: 'Chinese image–text understanding: feature vectors, match probabilities, labels.',
    after: `Begin with:
  tuwen demo
  tuwen match photo.jpg 猫 狗 --model <folder of a Chinese-CLIP checkpoint>`,
    version: 'show the version',
    help: 'show this help',
    helpCommand: 'show the help of a command',
    headings: {
      'Usage:': 'Usage:',
      'Arguments:': 'Arguments:',
      'Options:': 'Options:',
      'Commands:': 'Commands:',
    },
    words: { '[options]': '[options]', '[command]': '[command]' },
    choices: (list: string) => `one of ${list}`,
  },

  options: {
    model:
      'a folder with a Chinese-CLIP checkpoint, or mini (shipped; drawings only); else what TUWEN_MODEL names',
    precision: 'numbers the model computes with; default fp32',
    device: 'what the model runs on; default cpu',
    threads: 'threads of the model; default one a processor',
    lang: 'language of messages',
    json: 'print JSON, and nothing else, on standard output',
  },

  match: {
    about: 'How well texts fit a picture: probabilities among these texts, and cosines.',
    image: 'path or address of a picture',
    text: 'texts to choose from',
    after: `Example:
  tuwen match photo.jpg 猫 狗 '一只戴着眼镜的猫'`,
    columns: { text: 'text', probability: 'probability', cosine: 'cosine' },
  },

  classify: {
    about: 'Zero-shot labels for pictures: one line a picture, best label first.',
    image: 'pictures: files, folders (with all below them), globs, addresses, .tsv of id and base64',
    labels: 'labels, separated by commas (, ， or 、)',
    labelsFile: 'file with one label a line',
    templates: 'file with one sentence a line, {} for the label; default: a Chinese ensemble',
    top: 'how many labels to show; default 5, with --json all',
    after: `Example:
  tuwen classify photos/ --labels 猫,狗,风景 --top 1`,
    noLabels: 'no labels: give --labels or --labels-file',
    bothLabels: 'give either --labels or --labels-file, not both',
    badTemplate: (template: string) => `this template has no {} for the label: ${template}`,
  },

  embed: {
    about: 'Feature vectors of pictures and texts, as lines of JSON or a file.',
    images: 'files, folders (with all below them), globs, addresses, .tsv of id and base64',
    texts: 'file with one text a line, or .jsonl of {"text_id", "text"}',
    raw: 'vectors as the model gives them, not scaled to length 1',
    output: 'file to write: .jsonl, .npy or .safetensors; default: JSON lines on standard output',
    after: `Lines are {"image": path, "feature": […]} or {"text": text, "feature": […]}; from a .tsv {"image_id", "feature"}
and from a .jsonl {"text_id", "feature"}, as Chinese-CLIP's own scripts write and read them, with their rules: no
turning by EXIF, texts in lower case.

  vectors.npy           float32 [rows, dim]; what the rows belong to is in vectors.names.json
  vectors.safetensors   image_features, text_features; names in the metadata image_names, text_names

Examples:
  tuwen embed --images photos/ -o photos.npy
  tuwen embed --images 'photos/**/*.jpg' --texts names.txt > vectors.jsonl`,
    nothing: 'nothing to do: give --images, --texts or both',
    badOutput: (path: string, known: string) => `cannot tell the format of ${path}; known endings: ${known}`,
    oneKind: 'a .npy file holds pictures or texts: give only one of --images and --texts',
    wrote: (path: string, images: number, texts: number, dim: number) =>
      `${path}: ${[...(images > 0 ? [`${images} pictures`] : []), ...(texts > 0 ? [`${texts} texts`] : [])].join(', ') || 'nothing'}, ${dim} numbers each`,
  },

  demo: {
    about: 'Shows what Tuwen does, on shipped drawings with the shipped model.',
    title: 'Tuwen · Chinese image–text understanding',
    which: (picture: string) => `Which name fits ${picture}?`,
    find: (query: string, count: number) => `Which of ${count} pictures fits “${query}”?`,
    picture: 'picture',
    next: 'Where to go next',
    mini: 'This was mini, a small model that has seen drawings only. For photographs, use the folder of a Chinese-CLIP checkpoint:',
    commands: `tuwen match photo.jpg 猫 狗 --model <folder>
tuwen classify photos/ --labels 猫,狗,风景 --model <folder>
tuwen embed --images photos/ -o photos.npy --model <folder>`,
    help: 'Everything else: tuwen --help',
    glosses: {
      西瓜: 'watermelon',
      草莓: 'strawberry',
      足球: 'football',
      自行车: 'bicycle',
      雪山: 'snowy mountain',
      拉小提琴: 'playing the violin',
    } as Readonly<Record<string, string>>,
  },

  model: {
    ask: 'Which model?',
    mini: 'mini (shipped; drawings only)',
    folder: 'or the path of a folder with a Chinese-CLIP checkpoint',
    prompt: 'Number or path: ',
    reading: 'reading weights',
  },

  progress: {
    images: 'pictures',
    texts: 'texts',
  },
  timeLeft: (time: string) => `${time} left`,
  stopping: 'Stopping. Press Ctrl-C again to end at once.',

  errors: {
    title: 'error:',
    code: (code: string) => ` [${code}]`,
    unexpected: 'This is a fault in tuwen itself:',
    seeHelp: (command: string) => `See ${command} --help.`,
    unread: (count: number) => `${count} could not be read and were left out.`,
    notUtf8: 'not UTF-8 text',
    longLine: (line: number) => `line ${line} is too long`,
    badLine: (line: number, expected: string) => `line ${line} is not ${expected}`,
    noLines: (path: string) => `${path} has no lines`,
  },

  usage: {
    missingArgument: (name: string) => `the argument <${name}> is missing`,
    optionMissingArgument: (flags: string) => `${flags} needs a value`,
    missingMandatoryOptionValue: (flags: string) => `the option ${flags} is needed`,
    conflictingOption: (one: string, other: string) => `${one} and ${other} exclude each other`,
    unknownOption: (flag: string) => `unknown option ${flag}`,
    unknownCommand: (name: string) => `unknown command ${name}`,
    excessArguments: (expected: string, got: string) =>
      `too many arguments: expected ${expected}, got ${got}`,
    invalidArgument: (what: string, value: string, reason: string) => `${what}: ${value} is not ${reason}`,
    didYouMean: (sentence: string, name: string) => `${sentence}. Did you mean ${name}?`,
    oneOf: (list: string) => `one of ${list}`,
    wholeNumber: 'a whole number of at least 1',
  },
};
