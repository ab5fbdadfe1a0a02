import { type Feeds, startEngine } from '../../engine/index.ts';
import { type ClipConfig, isChinese } from '../config.ts';
import type { Encoder } from '../encoder.ts';
import type { ExportTower } from './forms.ts';

/** Runs an exported file in our engine. A tower that the file does not have throws. */
export async function startExported(
  path: string,
  tower: ExportTower,
  config: ClipConfig,
  threads?: number,
): Promise<Encoder> {
  const engine = await startEngine({ [tower]: { onnx: path } }, threads === undefined ? {} : { threads });
  const { size } = config.pixels;
  const picture = (pixels: Float32Array, count: number): Feeds => ({
    pixel_values: { data: pixels, dims: [count, 3, size, size] },
  });
  const text = (ids: BigInt64Array, count: number): Feeds => {
    const dims = [count, ids.length / count];
    const mask = ids.map((id) => (id === 0n ? 0n : 1n));
    const input = { input_ids: { data: ids, dims } };
    return isChinese(config) ? { ...input, attention_mask: { data: mask, dims } } : input;
  };
  // A joint graph wants both inputs: the one not asked about is one token, or one black picture.
  const anyText = () => (tower === 'joint' ? text(BigInt64Array.of(1n), 1) : {});
  const anyPicture = () => (tower === 'joint' ? picture(new Float32Array(3 * size * size), 1) : {});
  const run = async (feeds: Feeds, output: string, signal?: AbortSignal) => {
    const results = await engine.run(tower, feeds, signal ? { signal } : {});
    return results[output]!.data as Float32Array;
  };
  return {
    images: (pixels, count, signal) =>
      run({ ...picture(pixels, count), ...anyText() }, 'image_embeds', signal),
    texts: (ids, count, signal) => run({ ...text(ids, count), ...anyPicture() }, 'text_embeds', signal),
    close: () => engine.close(),
  };
}
