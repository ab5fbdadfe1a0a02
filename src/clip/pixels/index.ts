export { toRgb } from './convert.ts';
export { type DecodeOptions, decodeImage, decodeImages, type ImageInput, loadImage } from './decode.ts';
export type { FilterName } from './filters.ts';
export { formatOf, type ImageFormat } from './header.ts';
export { type PreprocessOptions, preprocess, resizedRgb } from './preprocess.ts';
export { crop, resize } from './resample.ts';
export { CHANNELS, type PixelMode, type Pixels, type RawImage, type RgbImage } from './types.ts';
