// What is masked before anything is stored: in message samples every long run of digits, e-mail address and
// URL query; in URLs the query, the fragment and who signs in. Every pattern here is linear in the text.

/** Digits of any script, circled ones too. */
const DIGIT = /[\p{Nd}\p{No}]/gu;

// Seven digits or more, however they are spaced out. What may stand between two is no digit, so nothing backtracks.
const DIGIT_RUN = /[\p{Nd}\p{No}](?:[\s\p{Pd}\p{Cf}.,()·・_~*]{0,3}[\p{Nd}\p{No}]){6,}/gu;

/** An amount of money written in groups stays readable: 1,000,000. */
const AMOUNT = /^[0-9]{1,3}(?:,[0-9]{3})+$/;

const ADDRESS = /[^\s@<>()[\],;:"']{1,64}[@＠][^\s@<>()[\],;:"'/?#]{1,200}/gu;

const TOKEN_WITH_QUERY = /[^\s?#]{1,2000}[?#]\S*/gu;
const USER_INFO = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#]{0,300}@/giu;

const MASKED_ADDRESS = '[e-mail]';
const MASKED_QUERY = '?[…]';

/** The sample without what could name a person. Masking twice is the same as once. */
export function maskSample(sample: string): string {
  return sample
    .replace(USER_INFO, '$1')
    .replace(TOKEN_WITH_QUERY, maskToken)
    .replace(ADDRESS, maskAddress)
    .replace(DIGIT_RUN, (run) => (AMOUNT.test(run) ? run : run.replace(DIGIT, '*')));
}

/** The URL up to its query, without user name and password. */
export function stripUrl(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  return path.includes('@') ? path.replace(USER_INFO, '$1') : path;
}

/** A question mark in prose stays; one in what can be an address ends it. */
function maskToken(token: string): string {
  const end = token.search(/[?#]/);
  const address = token.slice(0, end);
  const tail = token.slice(end + 1);
  return tail !== '' && /[a-z0-9][./:][a-z0-9가-힣]/iu.test(address) ? `${address}${MASKED_QUERY}` : token;
}

function maskAddress(text: string): string {
  return /[@＠].*[.．]\p{L}/u.test(text) ? MASKED_ADDRESS : text;
}
