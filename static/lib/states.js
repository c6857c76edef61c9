/** The states of a clearance or a licence as people write them: two letters, or the name. */

/** Two letters → name, of every place in the United States where somebody can be licensed, by name. */
export const STATES = /** @type {[string, string][]} */ ([
  ["AL", "Alabama"], ["AK", "Alaska"], ["AS", "American Samoa"], ["AZ", "Arizona"], ["AR", "Arkansas"], ["CA", "California"], ["CO", "Colorado"], ["CT", "Connecticut"],
  ["DE", "Delaware"], ["DC", "District of Columbia"], ["FL", "Florida"], ["GA", "Georgia"], ["GU", "Guam"], ["HI", "Hawaii"], ["ID", "Idaho"],
  ["IL", "Illinois"], ["IN", "Indiana"], ["IA", "Iowa"], ["KS", "Kansas"], ["KY", "Kentucky"], ["LA", "Louisiana"], ["ME", "Maine"],
  ["MD", "Maryland"], ["MA", "Massachusetts"], ["MI", "Michigan"], ["MN", "Minnesota"], ["MS", "Mississippi"], ["MO", "Missouri"],
  ["MT", "Montana"], ["NE", "Nebraska"], ["NV", "Nevada"], ["NH", "New Hampshire"], ["NJ", "New Jersey"], ["NM", "New Mexico"],
  ["NY", "New York"], ["NC", "North Carolina"], ["ND", "North Dakota"], ["MP", "Northern Mariana Islands"], ["OH", "Ohio"], ["OK", "Oklahoma"], ["OR", "Oregon"],
  ["PA", "Pennsylvania"], ["PR", "Puerto Rico"], ["RI", "Rhode Island"], ["SC", "South Carolina"], ["SD", "South Dakota"], ["TN", "Tennessee"],
  ["TX", "Texas"], ["UT", "Utah"], ["VT", "Vermont"], ["VI", "Virgin Islands"], ["VA", "Virginia"], ["WA", "Washington"],
  ["WV", "West Virginia"], ["WI", "Wisconsin"], ["WY", "Wyoming"],
]);
/** What people write of them, in small letters → two letters. @type {Record<string, string>} */
const NAMES = { ...Object.fromEntries(STATES.map(([code, name]) => [name.toLowerCase(), code])), "washington dc": "DC" };
const CODES = new Set(Object.values(NAMES));

/** @param {string} words one state @returns {string | undefined} */
function one(words) {
  const upper = words.toUpperCase();
  return CODES.has(upper) ? upper : NAMES[words.toLowerCase().replaceAll(".", "").replace(/\s+/g, " ")];
}

/**
 * `CA, or` and `California and New York` alike: the two letters of each, once, as written, and what is no state.
 * @param {string} text @returns {{codes: string[], unknown: string[]}}
 */
export function statesOf(text) {
  const parts = text.split(/[,;/]+|\s+and\s+/i).map((part) => part.trim()).filter(Boolean);
  const words = parts.flatMap((part) => (one(part) ? [part] : part.split(/\s+/)));
  return { codes: [...new Set(words.map(one).filter((code) => code !== undefined))], unknown: words.filter((word) => !one(word)) };
}

/** What is to be said about words that are no state; "" when there are none. @param {string[]} unknown */
export const noState = (unknown) => (unknown.length ? `${unknown.map((word) => `“${word}”`).join(", ")}: no state of that name. Write CA or California, with a comma between two.` : "");
