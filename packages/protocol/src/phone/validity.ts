/** How long what phones show is good for. Both phones and the centre count by these. */

/** A payment is taken until so long after its record's time, by the clock of whoever takes it; in milliseconds. */
export const PAYMENT_VALID_MS = 10 * 60_000;
/** A request may be paid until so long after it was made. */
export const REQUEST_VALID_MS = 5 * 60_000;
/** What is signed with a ticket is good for so long: a picture of it is worth nothing later. */
export const PRESENTATION_VALID_MS = 60_000;
