type Declared = Readonly<{ method: string | readonly string[]; url: string }>;

/** Which methods each path has, so that a wrong method is told from a wrong path. */
export class RouteMethods {
  private readonly patterns = new Map<string, Readonly<{ path: RegExp; methods: Set<string> }>>();

  add({ method, url }: Declared): void {
    const pattern = this.patterns.get(url) ?? { path: pathOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) pattern.methods.add(one);
    this.patterns.set(url, pattern);
  }

  /** Methods of a path as it was sent, without the query string; none for an unknown one. */
  of(path: string): string[] {
    const found = [...this.patterns.values()].filter((pattern) => pattern.path.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].toSorted();
  }
}

const pathOf = (url: string): RegExp => {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[^\w-]/g, String.raw`\$&`)));
  return new RegExp(`^${segments.join('/')}$`);
};
