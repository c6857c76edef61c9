/** The states of a clearance or a licence as people write them: two letters, or the name. */

/** Name in small letters → two letters. @type {Record<string, string>} */
const NAMES = {
  alabama: "AL", alaska: "AK", arizona: "AZ", arkansas: "AR", california: "CA", colorado: "CO", connecticut: "CT", delaware: "DE",
  "district of columbia": "DC", "washington dc": "DC", florida: "FL", georgia: "GA", hawaii: "HI", idaho: "ID", illinois: "IL", indiana: "IN", iowa: "IA",
  kansas: "KS", kentucky: "KY", louisiana: "LA", maine: "ME", maryland: "MD", massachusetts: "MA", michigan: "MI", minnesota: "MN",
  mississippi: "MS", missouri: "MO", montana: "MT", nebraska: "NE", nevada: "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM",
  "new york": "NY", "north carolina": "NC", "north dakota": "ND", ohio: "OH", oklahoma: "OK", oregon: "OR", pennsylvania: "PA",
  "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", tennessee: "TN", texas: "TX", utah: "UT", vermont: "VT",
  virginia: "VA", washington: "WA", "west virginia": "WV", wisconsin: "WI", wyoming: "WY", guam: "GU", "american samoa": "AS",
  "northern mariana islands": "MP", "virgin islands": "VI",
};
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
