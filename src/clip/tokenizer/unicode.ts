/**
 * The fast tokenizer of Hugging Face takes its character categories from Unicode 8. These tables take the difference
 * to the categories of a present-day engine, each as the inside of a regular expression's character class.
 */

/** Marks, format characters and punctuation that Unicode 8 did not have, or did not count as such. */
export const YOUNGER_THAN_UNICODE_8 = classOf(`
  61d 7fd 890-891 898-89f 8ca-8e2 9fd-9fe a76 afa-aff b55 c04 c3c c77 c84 d00 d3b-d3c d81 eba 180f
  1885-1886 1abf-1ace 1b7d-1b7e 1df6-1dfb 2e43-2e4f 2e52-2e5d a82c a8c5 a8ff a9bd 10d24-10d27 10eab-10ead
  10f46-10f50 10f55-10f59 10f82-10f89 11070 11073-11074 110c2 110cd 111c9 111cf 1123e 1133b 11438-1143f
  11442-11444 11446 1144b-1144f 1145a-1145b 1145d-1145e 11660-1166c 116b9 1182f-11837 11839-1183b
  1193b-1193c 1193e 11943-11946 119d4-119d7 119da-119db 119e0 119e2 11a01-11a0a 11a33-11a38 11a3b-11a47
  11a51-11a56 11a59-11a5b 11a8a-11a96 11a98-11a9c 11a9e-11aa2 11c30-11c36 11c38-11c3d 11c3f 11c41-11c45
  11c70-11c71 11c92-11ca7 11caa-11cb0 11cb2-11cb3 11cb5-11cb6 11d31-11d36 11d3a 11d3c-11d3d 11d3f-11d45
  11d47 11d90-11d91 11d95 11d97 11ef3-11ef4 11ef7-11ef8 11fff 12ff1-12ff2 13430-13438 16e97-16e9a 16f4f
  16fe2 16fe4 1cf00-1cf2d 1cf30-1cf46 1e000-1e006 1e008-1e018 1e01b-1e021 1e023-1e024 1e026-1e02a
  1e130-1e136 1e2ae 1e2ec-1e2ef 1e944-1e94a 1e95e-1e95f
`);

/** Non-spacing marks of Unicode 8 that a later version made spacing: HANUNOO PAMUDPOD, AHOM MEDIAL RA. */
export const UNICODE_8_MARK = classOf('1734 1171e');

/** Punctuation of Unicode 8 that a later version made a symbol or a mark: SYLLABICS CHI SIGN, SHARADA SANDHI MARK. */
export const UNICODE_8_PUNCTUATION = classOf('166d 111c9');

/** Hexadecimal code points and ranges, separated by white space, as a character class. */
function classOf(ranges: string): string {
  return ranges.replaceAll(/[0-9a-f]+/g, '\\u{$&}').replaceAll(/\s/g, '');
}
