/** What somebody else calls themselves: text alone, and its direction of writing is its own. */
export function Name({ children }: { readonly children: string }) {
  return <bdi class="name">{children}</bdi>;
}
