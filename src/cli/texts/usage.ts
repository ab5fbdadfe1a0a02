/** Wrong usage. */
export const en = {
  missingArgument: (name: string) => `the argument <${name}> is missing`,
  optionMissingArgument: (flags: string) => `${flags} needs a value`,
  missingMandatoryOptionValue: (flags: string) => `the option ${flags} is needed`,
  conflictingOption: (one: string, other: string) => `${one} and ${other} exclude each other`,
  unknownOption: (flag: string) => `unknown option ${flag}`,
  unknownCommand: (name: string) => `unknown command ${name}`,
  excessArguments: (expected: string, got: string) => `too many arguments: expected ${expected}, got ${got}`,
  invalidArgument: (what: string, value: string, reason: string) => `${what}: ${value} is not ${reason}`,
  didYouMean: (sentence: string, name: string) => `${sentence}. Did you mean ${name}?`,
  oneOf: (list: string) => `one of ${list}`,
  wholeNumber: 'a whole number of at least 1',
  port: 'a port, from 0 to 65535',
};

export const zh: typeof en = {
  missingArgument: (name) => `缺少参数 <${name}>`,
  optionMissingArgument: (flags) => `${flags} 需要一个值`,
  missingMandatoryOptionValue: (flags) => `必须使用选项 ${flags}`,
  conflictingOption: (one, other) => `${one} 与 ${other} 不能同时使用`,
  unknownOption: (flag) => `没有选项 ${flag}`,
  unknownCommand: (name) => `没有命令 ${name}`,
  excessArguments: (expected, got) => `参数过多：应为 ${expected} 个，实为 ${got} 个`,
  invalidArgument: (what, value, reason) => `${what}：${value} 不是${reason}`,
  didYouMean: (sentence, name) => `${sentence}。是否想用 ${name}？`,
  oneOf: (list) => ` ${list} 之一`,
  wholeNumber: '不小于 1 的整数',
  port: ' 0 到 65535 之间的端口',
};
