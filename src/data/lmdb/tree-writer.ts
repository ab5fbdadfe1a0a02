/** Builds the tree of an LMDB from sorted entries: leaves as they fill, and the branches above them. */
import type { AppendFile } from '../write/append-file.ts';
import type { Entry } from './entry-log.ts';
import { PAGE_HEADER } from './layout.ts';
import { branchNode, leafNode, type Node, PAGE_SIZE, pageBytes } from './page-bytes.ts';

export interface Tree {
  readonly root: number;
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly entries: number;
  /** The number after that of the last page. */
  readonly nextPage: number;
}

/** Writes the pages of a tree at the end of a file whose next page is `nextPage`; there must be an entry. */
export async function writeTree(
  file: AppendFile,
  entries: AsyncIterable<Entry>,
  nextPage: number,
): Promise<Tree> {
  const writer = new TreeWriter(file, nextPage);
  for await (const entry of entries) await writer.add(entry);
  return writer.finish();
}

/** The page of a level that is being filled. */
interface Level {
  nodes: Node[];
  used: number;
}

class TreeWriter {
  private readonly file: AppendFile;
  private readonly levels: Level[] = [];
  private nextPage: number;
  private branches = 0;
  private leaves = 0;
  private entries = 0;

  constructor(file: AppendFile, nextPage: number) {
    this.file = file;
    this.nextPage = nextPage;
  }

  async add(entry: Entry): Promise<void> {
    this.entries += 1;
    await this.put(0, leafNode(entry));
  }

  async finish(): Promise<Tree> {
    for (let level = 0; ; level++) {
      const { nodes } = this.levels[level]!;
      const page = await this.write(level, nodes);
      if (level === this.levels.length - 1) {
        const { branches, leaves, entries, nextPage } = this;
        return { root: page, depth: level + 1, branches, leaves, entries, nextPage };
      }
      await this.put(level + 1, branchNode(nodes[0]!.key, page));
    }
  }

  private async put(level: number, node: Node): Promise<void> {
    this.levels[level] ??= { nodes: [], used: PAGE_HEADER };
    const page = this.levels[level];
    if (page.used + spaceOf(node) > PAGE_SIZE) {
      const { nodes } = page;
      // LMDB wants two entries in every branch, so the last goes along to the next page.
      page.nodes = level === 0 ? [] : [nodes.pop()!];
      page.used = page.nodes.reduce((sum, each) => sum + spaceOf(each), PAGE_HEADER);
      await this.put(level + 1, branchNode(nodes[0]!.key, await this.write(level, nodes)));
    }
    page.nodes.push(node);
    page.used += spaceOf(node);
  }

  private async write(level: number, nodes: readonly Node[]): Promise<number> {
    const number = this.nextPage++;
    if (level === 0) this.leaves += 1;
    else this.branches += 1;
    await this.file.append(pageBytes(number, level > 0, nodes));
    return number;
  }
}

/** With its place in the list of entries. */
function spaceOf({ bytes }: Node): number {
  return bytes.length + 2;
}
