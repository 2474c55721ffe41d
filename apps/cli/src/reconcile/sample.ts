/** The first few of many, with how many there were: a report for a person must not grow with the city. */

/** Rows a table shows. */
const SHOWN_MAX = 20;

export class Sample<Item> {
  readonly items: Item[] = [];
  count = 0;

  add(item: Item): void {
    this.count += 1;
    if (this.items.length < SHOWN_MAX) this.items.push(item);
  }
}
